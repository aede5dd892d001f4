import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Replay, ReplayParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const getReplay: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/replays/:replayId',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getReplay',
        summary: 'Get a replay with its progress',
        tags: ['Replays'],
        params: ReplayParams,
        response: withProblems({ 200: Replay }, 404),
      },
    },
    async (request) => app.replays.get(request.userId, request.params.replayId),
  )
}
