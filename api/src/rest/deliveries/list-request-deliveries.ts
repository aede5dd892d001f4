import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeliveriesAnswer, RequestParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listRequestDeliveries: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/requests/:requestId/deliveries',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listRequestDeliveries',
        summary: 'List the deliveries of a request',
        tags: ['Deliveries'],
        params: RequestParams,
        response: withProblems({ 200: DeliveriesAnswer }, 404),
      },
    },
    async (request) => app.deliveries.ofRequest(request.userId, request.params.requestId),
  )
}
