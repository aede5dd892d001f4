import { limits } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import type { Lease } from './claim-deliveries.js'
import { waitingStatuses } from './delivery-transitions.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'
import { canHappen, statusIn } from './status-in.js'

const batchMax = 500

/**
 * Reclaims deliveries of other workers whose lease expired because the worker stopped. Each counts as a crashed
 * attempt and is due again immediately. A delivery that was sent alone (`countCrashInAdvance`) for the last time is
 * dead. The others were in flight beside the delivery that crashed the worker, or only claimed, so they stay alive.
 * Repeat the call until it returns less than a full batch.
 */
export async function reclaimDeliveries(
  sql: Sql,
  { token }: Pick<Lease, 'token'>,
): Promise<DeliveryChange[]> {
  await boundLeases(sql)
  return countCrashes(sql, {
    lost: sql`lease_token <> ${token}::uuid and lease_until < clock_timestamp()`,
    guilty: false,
    reason: 'The worker stopped before it recorded the result',
    reasonDead: `The worker stopped during this delivery ${limits.crashesMax} times in a row, the last time while it was sent alone`,
  })
}

/** Seconds to the end of a lease that no worker sets: its lease is much shorter. */
const leaseSecondsMax = 60

/**
 * Shortens leases that end too late, because the clock of the database was set back. Their workers renew them, or are
 * stopped and lose them at their end.
 */
const boundLeases = (sql: Sql) => sql`
  update delivery set lease_until = clock_timestamp() + make_interval(secs => ${leaseSecondsMax})
  where status = 'delivering' and lease_until > clock_timestamp() + make_interval(secs => ${leaseSecondsMax})`

/** Records a crash of this worker's delivery: an internal error stopped its attempt, so it has no result. */
export const crashDelivery = (sql: Sql, { token }: Pick<Lease, 'token'>, id: string) =>
  countCrashes(sql, {
    lost: sql`lease_token = ${token}::uuid and id = ${id}::uuid`,
    guilty: true,
    reason: 'Internal worker error: see the worker log',
    reasonDead: `Internal worker error, ${limits.crashesMax} times in a row: see the worker log`,
  })

interface CrashRule {
  lost: Fragment
  /** True when these deliveries caused the crash. False when they were lost together with their worker. */
  guilty: boolean
  reason: string
  reasonDead: string
}

const { crashesMax } = limits

function countCrashes(sql: Sql, { lost, guilty, reason, reasonDead }: CrashRule): Promise<DeliveryChange[]> {
  const advice = '. The delivery is not retried automatically'
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
 * Releases this worker's claims that are not in `knownIds`: the response of the claim was lost, or PostgreSQL was
 * unavailable when the worker released them. They were never sent, so no attempt is counted. Waits for the end of
 * their lease, because the response of a claim may still arrive. Returns their destination ids.
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
 * Counts a crash in advance, before a suspect is sent alone: a killed worker cannot count it afterwards. The recorded
 * result resets the count. Returns false when the lease is lost.
 */
export async function countCrashInAdvance(
  sql: Sql,
  { token }: Pick<Lease, 'token'>,
  id: string,
): Promise<boolean> {
  const { count } = await sql`
    update delivery set crashes = ${crashesMax}
    where id = ${id}::uuid and status = 'delivering' and lease_token = ${token}::uuid`
  return count > 0
}

/** Reverts crashes counted in advance. For a worker that shuts down and leaves an attempt to the end of its lease. */
export const revertCrashes = (sql: Sql, { token }: Pick<Lease, 'token'>) => sql`
  update delivery set crashes = ${crashesMax - 1}
  where status = 'delivering' and lease_token = ${token}::uuid and crashes >= ${crashesMax}::int`

/**
 * Changes deliveries to `dead` that waited past `retry.maxAgeSeconds` behind an open circuit. Other waits (a pause, a
 * rate limit, an ordering slot, a manual retry) are not a failure of the destination. Such a delivery still gets its
 * attempt, and is dead when that attempt fails.
 */
export async function expireDeliveries(sql: Sql): Promise<DeliveryChange[]> {
  return sql<DeliveryChange[]>`
    update delivery d set status = 'dead', next_attempt_at = null, finished_at = clock_timestamp(),
      reason = 'Exceeded the maximum age of the retry policy'
    where ${canHappen(sql, 'expire', 'd.status')} and d.id in (
      select old.id from destination
        join destination_state s on s.destination_id = destination.id
          and s.circuit = 'open' and s.circuit_open_until > clock_timestamp()
        cross join lateral (
          select id from delivery
          where destination_id = destination.id and ${statusIn(sql, 'status', waitingStatuses)} and ${canHappen(sql, 'expire', 'status')}
            and created_at < clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8)
            and id < uuid_floor(clock_timestamp() - make_interval(secs => (destination.retry->>'maxAgeSeconds')::float8))
          limit ${batchMax}) as old
      limit ${batchMax})
    returning ${liveColumns(sql, 'd')}`
}
