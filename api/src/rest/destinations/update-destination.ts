import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Destination, DestinationParams, UpdateDestinationBody } from '@whook/shared'
import { withProblems } from '../answers.js'

export const updateDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.patch(
    '/destinations/:destinationId',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'updateDestination',
        summary: 'Update a destination',
        tags: ['Destinations'],
        params: DestinationParams,
        body: UpdateDestinationBody,
        response: withProblems({ 200: Destination }, 404),
      },
    },
    async (request) => app.destinations.update(request.userId, request.params.destinationId, request.body),
  )
}
