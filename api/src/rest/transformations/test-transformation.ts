import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { TestTransformationBody, TestTransformationResult, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'
import { sampleBounds } from './sample-bounds.js'

export const testTransformation: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/transformation/test',
    {
      config: { scope: 'write', jsonBounds: sampleBounds },
      schema: {
        operationId: 'testTransformation',
        summary: 'Test a script on a stored request or a sample, without saving or sending',
        tags: ['Transformations'],
        params: WebhookParams,
        body: TestTransformationBody,
        response: withProblems({ 200: TestTransformationResult }, 404),
      },
    },
    async (request) => app.scriptTests.ofWebhook(request.userId, request.params.webhookId, request.body),
  )
}
