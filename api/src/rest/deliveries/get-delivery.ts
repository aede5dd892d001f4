import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeliveryParams, DeliveryWithAttempts } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getDelivery: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/deliveries/:deliveryId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getDelivery',
        summary: 'Get a delivery with all its attempts',
        tags: ['Deliveries'],
        params: DeliveryParams,
        response: withProblems({ 200: DeliveryWithAttempts }, 404),
      },
    },
    async (request) => app.deliveries.get(request.userId, request.params.deliveryId),
  )
}
