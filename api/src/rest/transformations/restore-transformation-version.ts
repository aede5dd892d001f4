import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Transformation, VersionParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const restoreTransformationVersion: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/webhooks/:webhookId/transformation/versions/:version/restore',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'restoreTransformationVersion',
        summary: "Restore an earlier version of a webhook's script",
        tags: ['Transformations'],
        params: VersionParams,
        response: withProblems({ 200: Transformation }, 404),
      },
    },
    async ({ userId, params }) => app.transformations.restore(userId, params.webhookId, params.version),
  )
}
