import type { Db, Sql } from '@whook/drizzle'
import type { Stats, StatsQuery } from '@whook/shared'
import { readLedger } from '@whook/drizzle/ledger/read-ledger'
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

interface SeriesRow {
  at: Date
  requests: number
  delivered: number
  failed: number
}

interface DestinationStatsRow {
  id: string
  webhook_id: string
  name: string
  url: string
  circuit: 'closed' | 'open' | 'half-open' | null
  delivered: number
  failed: number
  waiting: number
  latency: number[] | null
}

export function createStatsService({ db, sql, mode, queueDepth }: StatsServiceDeps) {
  const owned = createOwned(db)

  return {
    async read(userId: string, { range = '24h' }: StatsQuery, webhookId?: string): Promise<Stats> {
      if (webhookId) await owned.webhook(userId, webhookId)
      const { seconds, bucketSeconds } = ranges[range]
      const installation = mode === 'local' && webhookId === undefined
      const hooks = webhookId
        ? sql`(select ${webhookId}::uuid as id)`
        : sql`(select id from webhook where user_id = ${userId})`

      const [series, destinations, [before], [oldest], ledger, depth] = await Promise.all([
        sql<SeriesRow[]>`
          select b.at, coalesce(r.requests, 0)::int as requests, coalesce(a.delivered, 0)::int as delivered,
            coalesce(a.failed, 0)::int as failed
          from generate_series(to_timestamp(floor(extract(epoch from now()) / ${bucketSeconds}) * ${bucketSeconds}
              - ${seconds - bucketSeconds}),
            now(), make_interval(secs => ${bucketSeconds})) as b(at)
          left join (
            select to_timestamp(floor(extract(epoch from minute) / ${bucketSeconds}) * ${bucketSeconds}) as at,
              sum(requests) as requests
            from webhook_minute_total where webhook_id in ${hooks} and minute > now() - make_interval(secs => ${seconds})
            group by 1) r using (at)
          left join (
            select to_timestamp(floor(extract(epoch from m.minute) / ${bucketSeconds}) * ${bucketSeconds}) as at,
              sum(m.delivered) as delivered, sum(m.failed) as failed
            from destination_minute m join destination d on d.id = m.destination_id
            where d.webhook_id in ${hooks} and m.minute > now() - make_interval(secs => ${seconds})
            group by 1) a using (at)
          order by b.at`,
        sql<DestinationStatsRow[]>`
          select d.id, d.webhook_id, d.name, d.url, s.circuit, coalesce(m.delivered, 0)::int as delivered,
            coalesce(m.failed, 0)::int as failed, l.latency,
            (select count(*)::int from (select from delivery o where o.destination_id = d.id
              and o.status in ('pending', 'held', 'retrying') limit 10000) w) as waiting
          from destination d left join destination_state s on s.destination_id = d.id
          left join lateral (
            select sum(delivered) as delivered, sum(failed) as failed from destination_minute
            where destination_id = d.id and minute > now() - make_interval(secs => ${seconds})) m on true
          left join lateral (
            select array_agg(n order by bucket)::int[] as latency from (
              select bucket, sum(n)::int as n from destination_minute, unnest(latency) with ordinality as b(n, bucket)
              where destination_id = d.id and minute > now() - make_interval(secs => ${seconds}) group by bucket) sums
            ) l on true
          where d.webhook_id in ${hooks} order by failed desc, d.id limit 100`,
        sql<{ n: number }[]>`
          select coalesce(sum(requests), 0)::int as n from webhook_minute_total where webhook_id in ${hooks}
            and minute between now() - make_interval(secs => ${2 * seconds}) and now() - make_interval(secs => ${seconds})`,
        sql<{ at: Date | null }[]>`
          select min(o.created_at) as at from destination d
          join lateral (select created_at from delivery where destination_id = d.id
            and status in ('pending', 'retrying') order by next_attempt_at limit 1) o on true
          where d.webhook_id in ${hooks}`,
        readLedger(sql, hooks, { installation }),
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
          requestsBefore: before!.n,
          delivered: sum('delivered'),
          failed: sum('failed'),
          waiting: ledger.pending + ledger.held,
          oldestWaitingAt: oldest?.at?.toISOString() ?? null,
          p50Ms: latencyQuantile(latency, 0.5),
          p95Ms: latencyQuantile(latency, 0.95),
        },
        series: series.map((point) => ({ ...point, at: point.at.toISOString() })),
        destinations: destinations.map((row) => ({
          destinationId: row.id,
          webhookId: row.webhook_id,
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
