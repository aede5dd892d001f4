import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { UpdateWebhookBody, Webhook, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const updateWebhook: FastifyPluginAsyncTypebox = async (app) => {
  app.patch(
    '/webhooks/:webhookId',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateWebhook',
        summary: 'Update a webhook: name, status, response, verification, limits',
        description:
          'paused: requests are accepted, and deliveries are held until the webhook is active. disabled: requests are answered 410.',
        tags: ['Webhooks'],
        params: WebhookParams,
        body: UpdateWebhookBody,
        response: withProblems({ 200: Webhook }, 404),
      },
    },
    async (request) => app.webhooks.update(request.userId, request.params.webhookId, request.body),
  )
}
