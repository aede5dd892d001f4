import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeliveryPage, ListDeliveriesQuery } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listDeliveries: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/deliveries',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDeliveries',
        summary: 'List the deliveries of all webhooks, newest first',
        tags: ['Deliveries'],
        querystring: ListDeliveriesQuery,
        response: withProblems({ 200: DeliveryPage }, 404),
      },
    },
    async (request) => app.deliveries.list(request.userId, request.query),
  )
}
