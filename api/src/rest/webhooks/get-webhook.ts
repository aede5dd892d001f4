import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Webhook, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getWebhook: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getWebhook',
        summary: 'Get a webhook',
        tags: ['Webhooks'],
        params: WebhookParams,
        response: withProblems({ 200: Webhook }, 404),
      },
    },
    async (request) => app.webhooks.get(request.userId, request.params.webhookId),
  )
}
