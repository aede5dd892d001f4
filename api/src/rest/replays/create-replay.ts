import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateReplayBody, Replay, ReplayCount } from '@whook/shared'
import { withProblems } from '../answers.js'

export const createReplay: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/replays',
    {
      schema: {
        operationId: 'createReplay',
        summary: 'Send many again: all requests, or all deliveries, that match',
        description: 'With dryRun nothing is sent: the answer counts what would be.',
        tags: ['Replays'],
        body: CreateReplayBody,
        response: withProblems({ 200: ReplayCount, 202: Replay }, 404, 409),
      },
    },
    async (request, reply) => {
      const { dryRun, ...selection } = request.body
      if (dryRun) return reply.send(await app.replays.count(request.userId, selection))
      return reply.code(202).send(await app.replays.start(request.userId, selection))
    },
  )
}
