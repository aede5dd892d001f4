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
        summary: 'Cancel a replay',
        description:
          'Creates no further deliveries. Deliveries that already exist continue; cancel them one by one.',
        tags: ['Replays'],
        params: ReplayParams,
        response: withProblems({ 200: Replay }, 404, 409),
      },
    },
    async (request) => app.replays.cancel(request.userId, request.params.replayId),
  )
}
