import type { FastifyPluginAsync } from 'fastify'
import { getStats } from './get-stats.js'
import { getWebhookStats } from './get-webhook-stats.js'

const stats: FastifyPluginAsync = async (app) => {
  for (const route of [getStats, getWebhookStats]) await app.register(route)
}

export default stats
