import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isSearch } from '@whook/drizzle/queries/request/request-conditions'
import { ListRequestsQuery, RequestPage, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listRequests: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/requests',
    {
      config: { scope: 'read', heavy: ({ query }) => isSearch(query as ListRequestsQuery) },
      schema: {
        operationId: 'listRequests',
        summary: 'List the requests of a webhook, newest first',
        description:
          'Every first page has a `bookmark`. `since=<bookmark>` lists the requests stored after that page, oldest first, ' +
          'each once. A request that is verified later is listed again. Follow `nextCursor` until it is null, then use ' +
          'the new bookmark.',
        tags: ['Requests'],
        params: WebhookParams,
        querystring: ListRequestsQuery,
        response: withProblems({ 200: RequestPage }, 404, 503),
      },
    },
    async (request) => app.requests.list(request.userId, request.params.webhookId, request.query),
  )
}
