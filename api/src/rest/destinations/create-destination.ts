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
        summary: 'Create a destination',
        description:
          'The signing secret is only returned once. An invalid URL, header, filter or script is rejected; `errors` names the field.',
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
