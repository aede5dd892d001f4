import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Problem } from '@whook/shared'
import Type from 'typebox'
import { authenticate } from './authenticate.js'

export const signOut: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/logout',
    {
      onRequest: authenticate,
      schema: {
        operationId: 'signOut',
        summary: 'Sign out: end this session for every copy of its cookie',
        tags: ['Sign-in'],
        response: { 204: Type.Null(), 401: Problem, 403: Problem },
      },
    },
    async (request, reply) => {
      const { userId, sessionIdHash } = request.principal
      if (sessionIdHash) {
        await app.sessions.end(userId, sessionIdHash)
        await app.liveBus.control({
          type: 'user.sessions-revoked',
          userId,
          sessionIdHash: sessionIdHash.toString('base64url'),
        })
      }
      request.session.delete()
      return reply.code(204).send(null)
    },
  )
}
