import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isSearch } from '@whook/drizzle/conditions/request-conditions'
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
          'Every first page has a `bookmark`. With `since=<bookmark>`: only requests stored after that page was read, ' +
          'oldest first, each once; a request whose signature was judged later is listed again. Follow `nextCursor` to ' +
          'its end, then take the new bookmark.',
        tags: ['Requests'],
        params: WebhookParams,
        querystring: ListRequestsQuery,
        response: withProblems({ 200: RequestPage }, 404, 503),
      },
    },
    async (request) => app.requests.list(request.userId, request.params.webhookId, request.query),
  )
}
