import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ListWebhooksQuery, WebhookPage } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listWebhooks: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listWebhooks',
        summary: 'List webhooks, newest first',
        tags: ['Webhooks'],
        querystring: ListWebhooksQuery,
        response: withProblems({ 200: WebhookPage }),
      },
    },
    async (request) => app.webhooks.list(request.userId, request.query),
  )
}
