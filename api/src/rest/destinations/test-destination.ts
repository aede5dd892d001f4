import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Delivery, DestinationParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const testDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/destinations/:destinationId/test',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'testDestination',
        summary: 'Send a test request to a destination',
        tags: ['Destinations'],
        params: DestinationParams,
        response: withProblems({ 202: Delivery }, 404, 409),
      },
    },
    async (request, reply) =>
      reply.code(202).send(await app.destinations.test(request.userId, request.params.destinationId)),
  )
}
