import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateDestinationBody, CreatedDestination, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const createDestination: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/destinations',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'createDestination',
        summary: 'Add a destination: where requests are forwarded',
        description:
          'Its signing secret is answered this once. A URL, header, filter or script that cannot work is refused here, with the place.',
        tags: ['Destinations'],
        params: WebhookParams,
        body: CreateDestinationBody,
        response: withProblems({ 201: CreatedDestination }, 404, 409),
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await app.destinations.create(request.userId, request.params.webhookId, request.body)),
  )
}
