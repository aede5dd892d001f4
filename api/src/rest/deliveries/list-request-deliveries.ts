import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeliveryPage, ListRequestDeliveriesQuery, RequestParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listRequestDeliveries: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/requests/:requestId/deliveries',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRequestDeliveries',
        summary: 'List the deliveries of a request, newest first',
        tags: ['Deliveries'],
        params: RequestParams,
        querystring: ListRequestDeliveriesQuery,
        response: withProblems({ 200: DeliveryPage }, 404),
      },
    },
    async (request) => app.deliveries.ofRequest(request.userId, request.params.requestId, request.query),
  )
}
