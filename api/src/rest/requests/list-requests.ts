import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ListRequestsQuery, RequestPage, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listRequests: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/requests',
    {
      schema: {
        operationId: 'listRequests',
        summary: 'List the requests of a webhook, newest first',
        description: 'With `since` oldest first, from a little before that id: what a live list missed.',
        tags: ['Requests'],
        params: WebhookParams,
        querystring: ListRequestsQuery,
        response: withProblems({ 200: RequestPage }, 404),
      },
    },
    async (request) => app.requests.list(request.userId, request.params.webhookId, request.query),
  )
}
