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
        summary: 'Retry a delivery now',
        description:
          'The delivery is due immediately, before others in its destination queue. If the circuit is open, the ' +
          'delivery is the probe. A delivery held for verification is released. 409 while it is in flight, while it ' +
          'waits for an earlier delivery with the same ordering value, or while its webhook or destination is paused ' +
          'or disabled.',
        tags: ['Deliveries'],
        params: DeliveryParams,
        response: withProblems({ 202: Delivery }, 404, 409),
      },
    },
    async (request, reply) =>
      reply.code(202).send(await app.deliveries.steer(request.userId, request.params.deliveryId, 'retry')),
  )
}
