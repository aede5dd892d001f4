import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ApiKeyPage, ListApiKeysQuery } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listApiKeys: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api-keys',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listApiKeys',
        summary: 'List API keys',
        tags: ['Account'],
        querystring: ListApiKeysQuery,
        response: withProblems({ 200: ApiKeyPage }),
      },
    },
    async (request) => app.apiKeys.list(request.userId, request.query),
  )
}
