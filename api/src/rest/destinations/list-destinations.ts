import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DestinationPage, ListDestinationsQuery, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listDestinations: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/destinations',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listDestinations',
        summary: 'List the destinations of a webhook',
        tags: ['Destinations'],
        params: WebhookParams,
        querystring: ListDestinationsQuery,
        response: withProblems({ 200: DestinationPage }, 404),
      },
    },
    async (request) => app.destinations.list(request.userId, request.params.webhookId, request.query),
  )
}
