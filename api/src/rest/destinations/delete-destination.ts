import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DestinationParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/destinations/:destinationId',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deleteDestination',
        summary: 'Delete a destination and cancel its waiting deliveries',
        tags: ['Destinations'],
        params: DestinationParams,
        response: withProblems({ 204: Type.Null() }, 404),
      },
    },
    async (request, reply) => {
      await app.destinations.remove(request.userId, request.params.destinationId)
      return reply.code(204).send(null)
    },
  )
}
