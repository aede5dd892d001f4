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
        summary: 'Change a webhook: name, status, response, verification, limits',
        description:
          'paused: captures go on, deliveries are held until it is active again. disabled: calls are answered 410.',
        tags: ['Webhooks'],
        params: WebhookParams,
        body: UpdateWebhookBody,
        response: withProblems({ 200: Webhook }, 404),
      },
    },
    async (request) => app.webhooks.update(request.userId, request.params.webhookId, request.body),
  )
}
