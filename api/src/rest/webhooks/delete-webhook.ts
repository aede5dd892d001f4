import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { WebhookParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteWebhook: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/webhooks/:webhookId',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteWebhook',
        summary: 'Delete a webhook and its requests, destinations and deliveries',
        tags: ['Webhooks'],
        params: WebhookParams,
        response: withProblems({ 204: Type.Null() }, 404),
      },
    },
    async (request, reply) => {
      await app.webhooks.remove(request.userId, request.params.webhookId)
      return reply.code(204).send(null)
    },
  )
}
