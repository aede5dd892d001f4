import type { FastifyPluginAsync } from 'fastify'
import { cancelReplay } from './cancel-replay.js'
import { countReplay } from './count-replay.js'
import { createReplay } from './create-replay.js'
import { getReplay } from './get-replay.js'
import { listReplays } from './list-replays.js'
import { replayRequest } from './replay-request.js'

const replays: FastifyPluginAsync = async (app) => {
  for (const route of [replayRequest, countReplay, createReplay, listReplays, getReplay, cancelReplay])
    await app.register(route)
}

export default replays
