import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Stats, StatsQuery } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getStats: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/stats',
    {
      config: { scope: 'read', heavy: true },
      schema: {
        operationId: 'getStats',
        summary: 'Get totals, time series, destinations and the ledger of all webhooks',
        tags: ['Stats'],
        querystring: StatsQuery,
        response: withProblems({ 200: Stats }),
      },
    },
    async (request) => app.stats.read(request.userId, request.query),
  )
}
