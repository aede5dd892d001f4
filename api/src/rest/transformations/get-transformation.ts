import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Transformation, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getTransformation: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/transformation',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getTransformation',
        summary: "Get a webhook's script",
        tags: ['Transformations'],
        params: WebhookParams,
        response: withProblems({ 200: Transformation }, 404),
      },
    },
    async (request) => app.transformations.get(request.userId, request.params.webhookId),
  )
}
