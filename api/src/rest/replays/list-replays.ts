import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ListReplaysQuery, ReplayPage } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listReplays: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/replays',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listReplays',
        summary: 'List replays, newest first',
        tags: ['Replays'],
        querystring: ListReplaysQuery,
        response: withProblems({ 200: ReplayPage }),
      },
    },
    async (request) => app.replays.list(request.userId, request.query),
  )
}
