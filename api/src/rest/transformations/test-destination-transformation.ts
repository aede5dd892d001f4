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
        summary: "Run a destination's script as a delivery would: on what the webhook's script made",
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
