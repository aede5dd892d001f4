import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Delivery, DeliveryParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const deliverAnyway: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/deliveries/:deliveryId/deliver-anyway',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'deliverAnyway',
        summary: 'Deliver a filtered delivery anyway',
        description:
          'Skips the filter; scripts still run. 409 if a script dropped the delivery: change the script, then replay the request.',
        tags: ['Deliveries'],
        params: DeliveryParams,
        response: withProblems({ 202: Delivery }, 404, 409),
      },
    },
    async (request, reply) =>
      reply
        .code(202)
        .send(await app.deliveries.steer(request.userId, request.params.deliveryId, 'deliverAnyway')),
  )
}
