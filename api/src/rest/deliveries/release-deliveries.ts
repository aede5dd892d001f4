import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ReleasedDeliveries, ReleaseDeliveriesBody, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const releaseDeliveries: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/release',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'releaseDeliveries',
        summary: 'Release the deliveries that are held for verification',
        description:
          'Releases deliveries whose request failed verification or is not verified yet. To release one delivery, ' +
          'use retryDelivery. Resuming a paused webhook does not release them.',
        tags: ['Deliveries'],
        params: WebhookParams,
        body: ReleaseDeliveriesBody,
        response: withProblems({ 200: ReleasedDeliveries }, 404),
      },
    },
    async (request) => app.deliveries.release(request.userId, request.params.webhookId, request.body),
  )
}
