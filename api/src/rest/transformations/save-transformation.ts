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
        summary: "Save a webhook's script, or remove it with null",
        description:
          'The script runs from the next attempt on. A changed script becomes a new version. A script that does not load, or has no `transform`, is rejected with line and column.',
        tags: ['Transformations'],
        params: WebhookParams,
        body: PutTransformationBody,
        response: withProblems({ 200: Transformation }, 404),
      },
    },
    async (request) => app.transformations.save(request.userId, request.params.webhookId, request.body),
  )
}
