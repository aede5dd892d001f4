import { readUsage } from '@whook/drizzle/queries/user/read-usage'
import fp from 'fastify-plugin'
import { Counter } from 'prom-client'
import { createUsageTracker, type UsageTracker } from '../quotas/usage-tracker.js'

export type QuotaName =
  'storedBytes' | 'requestsPerDay' | 'scriptVersionBytes' | 'runningReplays' | 'runningSearches'

declare module 'fastify' {
  interface FastifyInstance {
    usage: UsageTracker
    /** Counts requests that reached a quota of their user. */
    quotaReached: (quota: QuotaName, times?: number) => void
  }
}

const names: QuotaName[] = [
  'storedBytes',
  'requestsPerDay',
  'scriptVersionBytes',
  'runningReplays',
  'runningSearches',
]

/** Quotas per user: the limits are in the configuration, the usage is read from counters in the database. */
export default fp(
  async (app) => {
    const reached = new Counter({
      name: 'whook_quota_reached_total',
      help: 'Requests refused, and script versions deleted, because a user reached a quota',
      labelNames: ['quota'],
      registers: [app.metrics.registry],
    })
    for (const quota of names) reached.inc({ quota }, 0)
    const quotaReached = (quota: QuotaName, times = 1) => reached.inc({ quota }, times)
    const usage = createUsageTracker({
      quotas: app.config.quotas,
      read: (userIds) => readUsage(app.sql, userIds),
      onReadFailed: (error) => app.log.warn({ err: error }, 'usage.read-failed'),
      onReached: quotaReached,
    })
    app.decorate('quotaReached', quotaReached).decorate('usage', usage)
    app.addHook('onClose', usage.stop)
  },
  { name: 'quotas', dependencies: ['metrics', 'database'] },
)
