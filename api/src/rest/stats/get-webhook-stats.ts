import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Stats, StatsQuery, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getWebhookStats: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/stats',
    {
      config: { scope: 'read', heavy: true },
      schema: {
        operationId: 'getWebhookStats',
        summary: 'Get totals, time series, destinations and the ledger of a webhook',
        tags: ['Stats'],
        params: WebhookParams,
        querystring: StatsQuery,
        response: withProblems({ 200: Stats }, 404),
      },
    },
    async (request) => app.stats.read(request.userId, request.query, request.params.webhookId),
  )
}
