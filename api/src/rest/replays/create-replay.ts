import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateReplayBody, Replay } from '@whook/shared'
import { withProblems } from '../answers.js'

export const createReplay: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/replays',
    {
      config: { scope: 'write', heavy: true },
      schema: {
        operationId: 'createReplay',
        summary: 'Replay all requests or deliveries that match',
        description: 'POST /replays/count returns how many deliveries the replay would create.',
        tags: ['Replays'],
        body: CreateReplayBody,
        response: withProblems({ 202: Replay }, 404, 409, 503),
      },
    },
    async (request, reply) => reply.code(202).send(await app.replays.start(request.userId, request.body)),
  )
}
