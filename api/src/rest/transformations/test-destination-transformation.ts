import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DestinationParams, TestTransformationBody, TestTransformationResult } from '@whook/shared'
import { withProblems } from '../answers.js'
import { sampleBounds } from './sample-bounds.js'

export const testDestinationTransformation: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/destinations/:destinationId/transformation/test',
    {
      config: { scope: 'write', jsonBounds: sampleBounds },
      schema: {
        operationId: 'testDestinationTransformation',
        summary: "Test a destination's script on the output of the webhook's script",
        tags: ['Transformations'],
        params: DestinationParams,
        body: TestTransformationBody,
        response: withProblems({ 200: TestTransformationResult }, 404),
      },
    },
    async (request) =>
      app.scriptTests.ofDestination(request.userId, request.params.destinationId, request.body),
  )
}
