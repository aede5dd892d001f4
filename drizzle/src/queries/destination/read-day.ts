import type { Sql } from '../../client.js'
import { waitingStatuses } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'

/** Statistics of the last 24 hours. */
export interface DestinationDay {
  destinationId: string
  delivered: number
  failed: number
  /** Waiting deliveries, counted up to 10,000. */
  waiting: number
  /** Attempts by latency bucket; null without attempts. */
  latency: number[] | null
}

/** Reads the statistics of several destinations with one statement. */
export const readDay = (sql: Sql, ids: string[]) => sql<DestinationDay[]>`
  select d.id as "destinationId", coalesce(m.delivered, 0)::int as delivered, coalesce(m.failed, 0)::int as failed,
    (select count(*)::int from (
      select from delivery o where o.destination_id = d.id and ${statusIn(sql, 'o.status', waitingStatuses)}
      limit 10000) w) as waiting, l.latency
  from unnest(${ids}::uuid[]) as d(id)
  left join lateral (
    select sum(delivered) as delivered, sum(failed) as failed from destination_minute
    where destination_id = d.id and minute > now() - interval '24 hours') m on true
  left join lateral (
    select array_agg(n order by bucket)::int[] as latency from (
      select bucket, sum(n)::int as n from destination_minute, unnest(latency) with ordinality as b(n, bucket)
      where destination_id = d.id and minute > now() - interval '24 hours' group by bucket) sums) l on true`
