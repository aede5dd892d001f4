import type { destination, destinationSecret, destinationState, Sql } from '@whook/drizzle'
import type { Destination, DestinationHealth } from '@whook/shared'
import { latencyQuantile } from '@whook/runtime/latency-buckets'
import { domainToUnicode } from 'node:url'

type DestinationRow = typeof destination.$inferSelect
type SecretRow = Pick<typeof destinationSecret.$inferSelect, 'id' | 'createdAt' | 'expiresAt'>

export function toDestination(
  row: DestinationRow,
  secrets: SecretRow[],
  health: DestinationHealth,
): Destination {
  const host = new URL(row.url).hostname
  const unicode = domainToUnicode(host)
  const { createdAt, ...settings } = row
  return {
    ...settings,
    displayHost: unicode && unicode !== host ? unicode : null,
    secrets: secrets.map(({ id, createdAt, expiresAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    health,
    createdAt: createdAt.toISOString(),
  }
}

type State = typeof destinationState.$inferSelect

interface DestinationDayRow {
  destination_id: string
  delivered: number
  failed: number
  waiting: number
  latency: number[] | null
}

/** Reads the statistics of the last 24 hours for several destinations with one statement. */
export function readDay(sql: Sql, ids: string[]) {
  return sql<DestinationDayRow[]>`
    select d.id as destination_id, coalesce(m.delivered, 0)::int as delivered, coalesce(m.failed, 0)::int as failed,
      (select count(*)::int from (
        select from delivery o where o.destination_id = d.id and o.status in ('pending', 'held', 'retrying') limit 10000) w
      ) as waiting, l.latency
    from unnest(${ids}::uuid[]) as d(id)
    left join lateral (
      select sum(delivered) as delivered, sum(failed) as failed from destination_minute
      where destination_id = d.id and minute > now() - interval '24 hours') m on true
    left join lateral (
      select array_agg(n order by bucket)::int[] as latency from (
        select bucket, sum(n)::int as n from destination_minute, unnest(latency) with ordinality as b(n, bucket)
        where destination_id = d.id and minute > now() - interval '24 hours' group by bucket) sums) l on true`
}

export function toHealth(state: State | undefined, day: DestinationDayRow | undefined): DestinationHealth {
  const latency = day?.latency ?? []
  return {
    circuit: state?.circuit ?? 'closed',
    circuitOpenUntil: state?.circuitOpenUntil?.toISOString() ?? null,
    consecutiveFailures: state?.consecutiveFailures ?? 0,
    lastSuccessAt: state?.lastSuccessAt?.toISOString() ?? null,
    lastFailureAt: state?.lastFailureAt?.toISOString() ?? null,
    lastStatusCode: state?.lastStatusCode ?? null,
    lastError: state?.lastError ?? null,
    delivered: day?.delivered ?? 0,
    failed: day?.failed ?? 0,
    waiting: day?.waiting ?? 0,
    p50Ms: latencyQuantile(latency, 0.5),
    p95Ms: latencyQuantile(latency, 0.95),
  }
}
