import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isSearch } from '@whook/drizzle/queries/request/request-conditions'
import { DeleteRequestsQuery, WebhookParams, type RequestFilter } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteRequests: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/webhooks/:webhookId/requests',
    {
      config: { scope: 'write', heavy: ({ query }) => isSearch(query as RequestFilter) },
      schema: {
        operationId: 'deleteRequests',
        summary: 'Delete all requests of a webhook that match the filter (without a filter: all)',
        tags: ['Requests'],
        params: WebhookParams,
        querystring: DeleteRequestsQuery,
        response: withProblems(
          { 200: Type.Object({ deleted: Type.Integer() }, { examples: [{ deleted: 3 }] }) },
          404,
        ),
      },
    },
    async (request) => ({
      deleted: await app.requests.removeAll(request.userId, request.params.webhookId, request.query),
    }),
  )
}
