import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DestinationParams, RotateSecretBody, RotatedSecret } from '@whook/shared'
import { withProblems } from '../answers.js'

export const rotateDestinationSecret: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/destinations/:destinationId/rotate-secret',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'rotateDestinationSecret',
        summary: 'Rotate the signing secret; the old secret stays valid for a while',
        tags: ['Destinations'],
        params: DestinationParams,
        body: RotateSecretBody,
        response: withProblems({ 200: RotatedSecret }, 404),
      },
    },
    async (request) =>
      app.destinations.rotateSecret(request.userId, request.params.destinationId, request.body),
  )
}
