import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ApiKeyParams } from '@whook/shared'
import Type from 'typebox'
import { withProblems } from '../answers.js'

export const deleteApiKey: FastifyPluginAsyncTypebox = async (app) => {
  app.delete(
    '/api-keys/:apiKeyId',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'deleteApiKey',
        summary: 'Revoke an API key',
        tags: ['Account'],
        params: ApiKeyParams,
        response: withProblems({ 204: Type.Null() }, 404),
      },
    },
    async (request, reply) => {
      await app.apiKeys.revoke(request.userId, request.params.apiKeyId)
      return reply.code(204).send(null)
    },
  )
}
