import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeleteMeQuery } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteMe: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/me',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'deleteMe',
        summary: 'Delete your account with all its data',
        description: 'This cannot be undone. `confirm` must be your user id.',
        tags: ['Account'],
        querystring: DeleteMeQuery,
        response: withProblems({ 204: Type.Null() }),
      },
    },
    async (request, reply) => {
      await app.account.remove(request.userId, request.query.confirm)
      return reply.code(204).send(null)
    },
  )
}
