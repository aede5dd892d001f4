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
        summary: 'Send one request again, as it was or edited',
        description:
          'Without destinationIds: to every enabled destination of the webhook. An edit makes a new request that names its origin.',
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

/** An edited body may be as large as a captured one, in base64, with room for the rest. */
const bodyLimitOf = ({ bodyLimitBytes }: { bodyLimitBytes: number }) =>
  Math.ceil((bodyLimitBytes * 4) / 3) + 256 * 1024
