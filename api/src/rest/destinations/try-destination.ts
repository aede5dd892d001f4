import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Destination, DestinationParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const tryDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/destinations/:destinationId/try-now',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'tryDestination',
        summary: 'Probe an open circuit now',
        description:
          'Sends the oldest due delivery as the probe. If the destination accepts it, the circuit closes and deliveries ' +
          'resume. 409 when the circuit is closed.',
        tags: ['Destinations'],
        params: DestinationParams,
        response: withProblems({ 202: Destination }, 404, 409),
      },
    },
    async (request, reply) =>
      reply.code(202).send(await app.destinations.tryNow(request.userId, request.params.destinationId)),
  )
}
