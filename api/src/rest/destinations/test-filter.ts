import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { TestFilterBody, TestFilterResult, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const testFilter: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/filter/test',
    {
      config: { scope: 'write', heavy: true },
      schema: {
        operationId: 'testFilter',
        summary: 'Try a filter on the last stored requests',
        description:
          'Answers which would pass, and of each other one the clause that decided and the value it found. Fewer are tested than asked for when their bodies are large.',
        tags: ['Destinations'],
        params: WebhookParams,
        body: TestFilterBody,
        response: withProblems({ 200: TestFilterResult }, 404),
      },
    },
    async (request) => app.destinations.testFilter(request.userId, request.params.webhookId, request.body),
  )
}
