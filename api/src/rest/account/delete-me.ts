import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteMe: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/me',
    {
      schema: {
        operationId: 'deleteMe',
        summary: 'Delete your account with everything in it',
        tags: ['Account'],
        response: withProblems({ 204: Type.Null() }),
      },
    },
    async (request, reply) => {
      await app.account.remove(request.userId)
      return reply.code(204).send(null)
    },
  )
}
