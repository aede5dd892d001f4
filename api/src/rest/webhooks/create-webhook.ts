import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateWebhookBody, Problem, Webhook } from '@whook/shared'
import { withProblems } from '../answers.js'

export const createWebhook: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createWebhook',
        summary: 'Create a webhook',
        description:
          'The URL accepts requests immediately. 409 when the user has the maximum number of webhooks.',
        tags: ['Webhooks'],
        body: CreateWebhookBody,
        response: withProblems({ 201: Webhook, 409: Problem }),
      },
    },
    async (request, reply) => reply.code(201).send(await app.webhooks.create(request.userId, request.body)),
  )
}
