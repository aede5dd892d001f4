import type { Fragment, Sql } from '../../client.js'
import { transitions, waitingStatuses } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'
import { scopedTo } from '../scoped-to.js'

/** The webhooks of the statistics, as a subquery of ids: one that the caller has found as the user's, or all of the user. */
export const statsWebhooks = (
  sql: Sql,
  { userId, webhookId }: { userId: string; webhookId?: string },
): Fragment =>
  webhookId
    ? sql`(select ${webhookId}::uuid as id)`
    : sql`(select id from webhook where ${scopedTo(userId).in(sql, 'webhook')})`

interface StatsRange {
  seconds: number
  bucketSeconds: number
}

export interface SeriesRow {
  at: Date
  requests: number
  delivered: number
  failed: number
}

/** Returns requests and attempts per bucket of time, oldest first. */
export const readSeries = (sql: Sql, webhooks: Fragment, { seconds, bucketSeconds }: StatsRange) => sql<
  SeriesRow[]
>`
  select b.at, coalesce(r.requests, 0)::int as requests, coalesce(a.delivered, 0)::int as delivered,
    coalesce(a.failed, 0)::int as failed
  from generate_series(to_timestamp(floor(extract(epoch from now()) / ${bucketSeconds}) * ${bucketSeconds}
      - ${seconds - bucketSeconds}),
    now(), make_interval(secs => ${bucketSeconds})) as b(at)
  left join (
    select to_timestamp(floor(extract(epoch from minute) / ${bucketSeconds}) * ${bucketSeconds}) as at,
      sum(requests) as requests
    from webhook_minute_total where webhook_id in ${webhooks} and minute > now() - make_interval(secs => ${seconds})
    group by 1) r using (at)
  left join (
    select to_timestamp(floor(extract(epoch from m.minute) / ${bucketSeconds}) * ${bucketSeconds}) as at,
      sum(m.delivered) as delivered, sum(m.failed) as failed
    from destination_minute m join destination d on d.id = m.destination_id
    where d.webhook_id in ${webhooks} and m.minute > now() - make_interval(secs => ${seconds})
    group by 1) a using (at)
  order by b.at`

export interface DestinationStatsRow {
  id: string
  webhookId: string
  name: string
  url: string
  circuit: 'closed' | 'open' | 'half-open' | null
  delivered: number
  failed: number
  /** Counted up to 10,000. */
  waiting: number
  /** Attempts by latency bucket; null without attempts. */
  latency: number[] | null
}

/** Returns up to 100 destinations, those with most failures first. */
export const readDestinationStats = (sql: Sql, webhooks: Fragment, seconds: number) => sql<
  DestinationStatsRow[]
>`
  select d.id, d.webhook_id as "webhookId", d.name, d.url, s.circuit, coalesce(m.delivered, 0)::int as delivered,
    coalesce(m.failed, 0)::int as failed, l.latency,
    (select count(*)::int from (select from delivery o where o.destination_id = d.id
      and ${statusIn(sql, 'o.status', waitingStatuses)} limit 10000) w) as waiting
  from destination d left join destination_state s on s.destination_id = d.id
  left join lateral (
    select sum(delivered) as delivered, sum(failed) as failed from destination_minute
    where destination_id = d.id and minute > now() - make_interval(secs => ${seconds})) m on true
  left join lateral (
    select array_agg(n order by bucket)::int[] as latency from (
      select bucket, sum(n)::int as n from destination_minute, unnest(latency) with ordinality as b(n, bucket)
      where destination_id = d.id and minute > now() - make_interval(secs => ${seconds}) group by bucket) sums
    ) l on true
  where d.webhook_id in ${webhooks} order by failed desc, d.id limit 100`

/** Returns the number of requests in the range before this one. */
export async function countBefore(sql: Sql, webhooks: Fragment, seconds: number): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select coalesce(sum(requests), 0)::int as n from webhook_minute_total where webhook_id in ${webhooks}
      and minute between now() - make_interval(secs => ${2 * seconds}) and now() - make_interval(secs => ${seconds})`
  return row!.n
}

/** Returns the creation time of the oldest delivery that is next in a destination queue; null without one. */
export async function readOldestWaiting(sql: Sql, webhooks: Fragment): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`
    select min(o.created_at) as at from destination d
    join lateral (select created_at from delivery where destination_id = d.id
      and ${statusIn(sql, 'status', transitions.hold.from)} order by next_attempt_at limit 1) o on true
    where d.webhook_id in ${webhooks}`
  return row!.at
}
