import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ListSessionsQuery, SessionPage } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listSessions: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/sessions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listSessions',
        summary: 'List your sessions',
        tags: ['Account'],
        querystring: ListSessionsQuery,
        response: withProblems({ 200: SessionPage }),
      },
    },
    async (request) => app.account.sessions(request.principal, request.query),
  )
}
