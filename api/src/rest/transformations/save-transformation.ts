import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { PutTransformationBody, Transformation, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const saveTransformation: FastifyPluginAsyncTypebox = async (app) => {
  app.put(
    '/webhooks/:webhookId/transformation',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'saveTransformation',
        summary: "Save a webhook's script, or take it away with null",
        description:
          'It runs from the next attempt on, and becomes a new version unless nothing changed. A script that cannot be loaded, or has no `transform`, is refused with its line and column.',
        tags: ['Transformations'],
        params: WebhookParams,
        body: PutTransformationBody,
        response: withProblems({ 200: Transformation }, 404),
      },
    },
    async (request) => app.transformations.save(request.userId, request.params.webhookId, request.body),
  )
}
