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
        summary: 'Test a filter on the newest requests',
        description:
          'Returns which requests match. For each other request it returns the clause that failed and the value it found. Tests fewer requests than `last` when their bodies are large.',
        tags: ['Destinations'],
        params: WebhookParams,
        body: TestFilterBody,
        response: withProblems({ 200: TestFilterResult }, 404),
      },
    },
    async (request) => app.destinations.testFilter(request.userId, request.params.webhookId, request.body),
  )
}
