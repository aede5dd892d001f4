import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Delivery, DeliveryParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const retryDelivery: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/deliveries/:deliveryId/retry',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'retryDelivery',
        summary: 'Try a delivery again now',
        description:
          'Makes it due at once, before what else waits at its destination; an open circuit lets it through as its probe. ' +
          'Releases what is held because the signature check failed. 409 while it is being sent, waits for an earlier ' +
          'delivery with the same ordering value, or its webhook or destination is stopped.',
        tags: ['Deliveries'],
        params: DeliveryParams,
        response: withProblems({ 202: Delivery }, 404, 409),
      },
    },
    async (request, reply) =>
      reply.code(202).send(await app.deliveries.steer(request.userId, request.params.deliveryId, 'retry')),
  )
}
