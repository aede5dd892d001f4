import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DeliveriesAnswer, ReplayRequestBody, RequestParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const replayRequest: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/requests/:requestId/replay',
    {
      bodyLimit: bodyLimitOf(app.config),
      config: { scope: 'write' },
      schema: {
        operationId: 'replayRequest',
        summary: 'Replay one request, unchanged or edited',
        description:
          'Without destinationIds, the request is replayed to every enabled destination of the webhook. An edit creates a new request with `replayOf`.',
        tags: ['Replays'],
        params: RequestParams,
        body: ReplayRequestBody,
        response: withProblems({ 202: DeliveriesAnswer }, 404),
      },
    },
    async (request, reply) =>
      reply.code(202).send(await app.replays.one(request.userId, request.params.requestId, request.body)),
  )
}

/** Room for an edited body of maximum size in base64, and for the other fields. */
const bodyLimitOf = ({ bodyLimitBytes }: { bodyLimitBytes: number }) =>
  Math.ceil((bodyLimitBytes * 4) / 3) + 256 * 1024
