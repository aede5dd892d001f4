import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Replay, ReplayParams } from '@whook/shared'
import { withProblems } from '../answers.js'

export const cancelReplay: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/replays/:replayId/cancel',
    {
      config: { scope: 'write' },
      schema: {
        operationId: 'cancelReplay',
        summary: 'Stop a replay',
        description:
          'No more deliveries are made; those already made go on, and can be cancelled one by one.',
        tags: ['Replays'],
        params: ReplayParams,
        response: withProblems({ 200: Replay }, 404, 409),
      },
    },
    async (request) => app.replays.cancel(request.userId, request.params.replayId),
  )
}
