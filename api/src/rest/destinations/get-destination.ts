import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Destination, DestinationParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/destinations/:destinationId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDestination',
        summary: 'Get a destination with its health',
        tags: ['Destinations'],
        params: DestinationParams,
        response: withProblems({ 200: Destination }, 404),
      },
    },
    async (request) => app.destinations.get(request.userId, request.params.destinationId),
  )
}
