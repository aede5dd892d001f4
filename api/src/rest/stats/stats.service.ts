import type { Db, Sql } from '@whook/drizzle'
import type { Stats, StatsQuery } from '@whook/shared'
import {
  countBefore,
  readDestinationStats,
  readOldestWaiting,
  readSeries,
  statsWebhooks,
} from '@whook/drizzle/queries/stats/read-stats'
import { readLedger } from '@whook/drizzle/queries/ledger/read-ledger'
import type { Config } from '@whook/runtime/config'
import { latencyQuantile } from '@whook/runtime/latency-buckets'
import { createOwned } from '../owned.js'

interface StatsServiceDeps {
  db: Db
  sql: Sql
  mode: Config['mode']
  /** Returns null when the queue is unavailable: the other statistics are still shown. */
  queueDepth: () => Promise<number | null>
}

const ranges = {
  '1h': { seconds: 3600, bucketSeconds: 60 },
  '24h': { seconds: 86_400, bucketSeconds: 900 },
  '7d': { seconds: 7 * 86_400, bucketSeconds: 7200 },
  '30d': { seconds: 30 * 86_400, bucketSeconds: 21_600 },
} as const

export function createStatsService({ db, sql, mode, queueDepth }: StatsServiceDeps) {
  const owned = createOwned(db)

  return {
    async read(userId: string, { range = '24h' }: StatsQuery, webhookId?: string): Promise<Stats> {
      if (webhookId) await owned.webhook(userId, webhookId)
      const { seconds, bucketSeconds } = ranges[range]
      const installation = mode === 'local' && webhookId === undefined
      const webhooks = statsWebhooks(sql, { userId, webhookId })

      const [series, destinations, requestsBefore, oldestWaiting, ledger, depth] = await Promise.all([
        readSeries(sql, webhooks, { seconds, bucketSeconds }),
        readDestinationStats(sql, webhooks, seconds),
        countBefore(sql, webhooks, seconds),
        readOldestWaiting(sql, webhooks),
        readLedger(sql, webhooks, { installation }),
        // The depth counts the whole installation, so only local mode returns it: it would reveal the load of others.
        installation ? queueDepth() : null,
      ])
      const sum = (key: 'requests' | 'delivered' | 'failed') =>
        series.reduce((total, point) => total + point[key], 0)
      const latency = destinations.reduce<number[]>(
        (all, { latency }) =>
          (latency ?? []).map((n, index) => n + (all[index] ?? 0)).concat(all.slice(latency?.length ?? 0)),
        [],
      )
      return {
        range,
        bucketSeconds,
        totals: {
          requests: sum('requests'),
          requestsBefore,
          delivered: sum('delivered'),
          failed: sum('failed'),
          waiting: ledger.pending + ledger.held,
          oldestWaitingAt: oldestWaiting?.toISOString() ?? null,
          p50Ms: latencyQuantile(latency, 0.5),
          p95Ms: latencyQuantile(latency, 0.95),
        },
        series: series.map((point) => ({ ...point, at: point.at.toISOString() })),
        destinations: destinations.map((row) => ({
          destinationId: row.id,
          webhookId: row.webhookId,
          name: row.name,
          url: row.url,
          delivered: row.delivered,
          failed: row.failed,
          waiting: row.waiting,
          p50Ms: latencyQuantile(row.latency ?? [], 0.5),
          p95Ms: latencyQuantile(row.latency ?? [], 0.95),
          circuit: row.circuit ?? 'closed',
        })),
        ledger,
        queueDepth: depth,
      }
    },
  }
}

export type StatsService = ReturnType<typeof createStatsService>
