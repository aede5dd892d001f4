import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { RequestParams, WebhookRequest } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getRequest: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/requests/:requestId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getRequest',
        summary: 'Get a request with headers and body; the body is truncated for display',
        tags: ['Requests'],
        params: RequestParams,
        response: withProblems({ 200: WebhookRequest }, 404),
      },
    },
    async (request) => app.requests.get(request.userId, request.params.requestId),
  )
}
