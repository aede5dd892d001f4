import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CreateReplayBody, ReplayCount } from '@whook/shared'
import { withProblems } from '../answers.js'

export const countReplay: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/replays/count',
    {
      config: { scope: 'read', heavy: true },
      schema: {
        operationId: 'countReplay',
        summary: 'Count the deliveries of a replay without creating it',
        tags: ['Replays'],
        body: CreateReplayBody,
        response: withProblems({ 200: ReplayCount }, 404, 503),
      },
    },
    async (request) => app.replays.count(request.userId, request.body),
  )
}
