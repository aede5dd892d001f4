import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateApiKeyBody, CreatedApiKey } from '@whook/shared'
import { withProblems } from '../answers.js'

export const createApiKey: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/api-keys',
    {
      config: { scope: 'admin' },
      schema: {
        operationId: 'createApiKey',
        summary: 'Create an API key; the key is only shown once',
        tags: ['Account'],
        body: CreateApiKeyBody,
        response: withProblems({ 201: CreatedApiKey }, 409),
      },
    },
    async (request, reply) => reply.code(201).send(await app.apiKeys.create(request.userId, request.body)),
  )
}
