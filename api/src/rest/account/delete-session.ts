import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { SessionParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteSession: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/sessions/:sessionId',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'deleteSession',
        summary: 'Sign out one session',
        tags: ['Account'],
        params: SessionParams,
        response: withProblems({ 204: Type.Null() }, 404),
      },
    },
    async (request, reply) => {
      await app.account.endSession(request.userId, request.params.sessionId)
      return reply.code(204).send(null)
    },
  )
}
