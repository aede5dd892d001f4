import { limits } from '@whook/shared'
import type { Fragment, Sql } from '../client.js'
import type { Lease } from './claim-deliveries.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

const batchMax = 500

/**
 * Takes back claims whose lease ran out, because another worker was ended: each counts as a crashed attempt and is
 * due again at once. One that was tried alone (`bookCrash`) for the last time is dead. The others were in flight beside
 * the delivery that ended the worker, or only claimed, so they never die of it. Repeat until it returns less than a full
 * batch.
 */
export const reclaimDeliveries = (sql: Sql, { token }: Pick<Lease, 'token'>): Promise<DeliveryChange[]> =>
  countCrashes(sql, {
    lost: sql`lease_token <> ${token}::uuid and lease_until < clock_timestamp()`,
    guilty: false,
    reason: 'The worker stopped before it could record an answer',
    reasonDead: `Its worker stopped ${limits.crashesMax} times in a row, the last time while it was tried alone`,
  })

/** A delivery of our own whose attempt failed within the worker, and whose result cannot be recorded. */
export const crashDelivery = (sql: Sql, { token }: Pick<Lease, 'token'>, id: string) =>
  countCrashes(sql, {
    lost: sql`lease_token = ${token}::uuid and id = ${id}::uuid`,
    guilty: true,
    reason: 'The attempt failed within the worker: see its log',
    reasonDead: `Its attempts failed within the worker ${limits.crashesMax} times in a row: see the worker's log`,
  })

interface Crash {
  lost: Fragment
  /** Whether these deliveries are the cause, and not merely lost with their worker. */
  guilty: boolean
  reason: string
  reasonDead: string
}

const { crashesMax } = limits

function countCrashes(sql: Sql, { lost, guilty, reason, reasonDead }: Crash): Promise<DeliveryChange[]> {
  const advice = '. It is not retried automatically'
  return sql<DeliveryChange[]>`
    with lost as materialized (
      select id, least(crashes + 1, case when ${guilty} or crashes >= ${crashesMax}::int
        then ${crashesMax}::int else ${crashesMax - 1}::int end) as crashes
      from delivery where status = 'delivering' and ${lost}
      order by id limit ${batchMax} for update skip locked
    ), moved as (
      update delivery d set
        status = case when lost.crashes >= ${crashesMax}::int then 'dead' else 'retrying' end,
        attempts = d.attempts + 1, crashes = lost.crashes, lease_token = null, lease_until = null,
        next_attempt_at = case when lost.crashes < ${crashesMax}::int then clock_timestamp() end,
        last_outcome = 'crashed', last_status_code = null,
        reason = case when lost.crashes >= ${crashesMax}::int then ${reasonDead + advice}::text else ${reason}::text end,
        finished_at = case when lost.crashes >= ${crashesMax}::int then clock_timestamp() end
      from lost where d.id = lost.id and d.status = 'delivering'
      returning d.*
    ), logged as (
      insert into attempt (delivery_id, number, started_at, duration_ms, outcome, error, request_url, request_method,
        request_headers, request_body_size, response_headers, console)
      select d.id, d.attempts, clock_timestamp(), 0, 'crashed', d.reason, coalesce(destination.url, ''), '', '[]', 0,
        '[]', '[]'
      from moved d left join destination on destination.id = d.destination_id
    )
    select ${liveColumns(sql, 'd')} from moved d`
}

/**
 * Puts back claims of our own that this worker does not know: their claim was committed and its answer was lost, or they
 * could not be put back while PostgreSQL was away. They were never sent, so no attempt is counted. Only after their lease,
 * because a claim's answer may still be on its way.
 */
export async function releaseUnknown(sql: Sql, { token }: Pick<Lease, 'token'>, knownIds: string[]) {
  const rows = await sql<{ lane: string }[]>`
    with unknown as materialized (
      select id from delivery where status = 'delivering' and lease_token = ${token}::uuid
        and lease_until < clock_timestamp() and id <> all(${knownIds}::uuid[])
      order by id limit ${batchMax} for update skip locked)
    update delivery d set status = case when d.attempts > 0 then 'retrying' else 'pending' end,
      lease_token = null, lease_until = null
    from unknown where d.id = unknown.id and d.status = 'delivering'
    returning d.destination_id as lane`
  return [...new Set(rows.map(({ lane }) => lane))]
}

/**
 * Counts a crash in advance, before a suspect is tried alone: a worker that is ended cannot count it any more. The
 * recorded result sets the count anew. Returns false when the lease is lost.
 */
export async function bookCrash(sql: Sql, { token }: Pick<Lease, 'token'>, id: string): Promise<boolean> {
  const { count } = await sql`
    update delivery set crashes = ${crashesMax}
    where id = ${id}::uuid and status = 'delivering' and lease_token = ${token}::uuid`
  return count > 0
}

/** Takes back what was counted in advance, by a worker that stops in order and leaves an attempt to its lease. */
export const unbookCrashes = (sql: Sql, { token }: Pick<Lease, 'token'>) => sql`
  update delivery set crashes = ${crashesMax - 1}
  where status = 'delivering' and lease_token = ${token}::uuid and crashes >= ${crashesMax}::int`

/**
 * Gives up on what waited past its destination's `retry.maxAgeSeconds` behind an open circuit. Whatever else it waited for
 * (a pause, a rate limit, its turn, its owner who retried it by hand) is not the receiver's failure: it gets its try, and
 * dies of its age when that fails.
 */
export async function expireDeliveries(sql: Sql): Promise<DeliveryChange[]> {
  return sql<DeliveryChange[]>`
    update delivery d set status = 'dead', next_attempt_at = null, finished_at = clock_timestamp(),
      reason = 'It waited longer than the destination''s retry policy allows'
    where d.status in ('pending', 'retrying') and d.id in (
      select old.id from destination
        join destination_state s on s.destination_id = destination.id
          and s.circuit = 'open' and s.circuit_open_until > clock_timestamp()
        cross join lateral (
          select id from delivery
          where destination_id = destination.id and status in ('pending', 'retrying', 'held') and status <> 'held'
            and created_at < clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8)
            and id < uuid_floor(clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8))
          limit ${batchMax}) as old
      limit ${batchMax})
    returning ${liveColumns(sql, 'd')}`
}
