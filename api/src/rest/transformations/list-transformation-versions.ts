import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { limits, ListVersionsQuery, TransformationVersionPage, WebhookParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const listTransformationVersions: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/webhooks/:webhookId/transformation/versions',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listTransformationVersions',
        summary: "List the versions of a webhook's script, newest first",
        description: `Whook keeps the last ${limits.scriptVersionsMax} versions.`,
        tags: ['Transformations'],
        params: WebhookParams,
        querystring: ListVersionsQuery,
        response: withProblems({ 200: TransformationVersionPage }, 404),
      },
    },
    async (request) =>
      app.transformations.listVersions(request.userId, request.params.webhookId, request.query),
  )
}
