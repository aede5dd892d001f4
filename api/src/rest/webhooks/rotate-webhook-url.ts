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
        summary: 'Give a webhook a new URL; the old one stops at once',
        tags: ['Webhooks'],
        params: WebhookParams,
        response: withProblems({ 200: Webhook }, 404),
      },
    },
    async (request) => app.webhooks.rotateUrl(request.userId, request.params.webhookId),
  )
}
