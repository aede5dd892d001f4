import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteSessions: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/sessions',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'deleteSessions',
        summary: 'Sign out all sessions',
        tags: ['Account'],
        response: withProblems({ 204: Type.Null() }),
      },
    },
    async (request, reply) => {
      await app.account.endSessions(request.userId)
      return reply.code(204).send(null)
    },
  )
}
