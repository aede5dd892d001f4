import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Delivery, DeliveryParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const cancelDelivery: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/deliveries/:deliveryId/cancel',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'cancelDelivery',
        summary: 'Cancel a delivery',
        tags: ['Deliveries'],
        params: DeliveryParams,
        response: withProblems({ 200: Delivery }, 404, 409),
      },
    },
    async (request) => app.deliveries.steer(request.userId, request.params.deliveryId, 'cancel'),
  )
}
