import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Webhook, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const rotateWebhookUrl: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/rotate-url',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateWebhookUrl',
        summary: "Rotate a webhook's URL; the old URL stops working immediately",
        tags: ['Webhooks'],
        params: WebhookParams,
        response: withProblems({ 200: Webhook }, 404),
      },
    },
    async (request) => app.webhooks.rotateUrl(request.userId, request.params.webhookId),
  )
}
