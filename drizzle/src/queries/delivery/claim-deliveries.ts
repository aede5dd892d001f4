import type { Sql } from '../../client.js'

export interface Claim {
  id: string
  requestId: string
  destinationId: string
  /** Attempts recorded so far; this one will be `attempts + 1`. */
  attempts: number
  crashes: number
  createdAt: Date
  skipFilter: boolean
  orderingValue: string | null
  replayOf: string | null
}

export interface QueueState {
  destinationId: string
  state: 'drained' | 'more' | 'busy' | 'rate' | 'circuit' | 'stopped' | 'locked' | 'gone'
  /** Milliseconds until the next claim can succeed, for `busy`, `rate`, `circuit` and `locked`. */
  againMs: number
  /** Maximum attempts that this worker may now have in flight at the destination; null means unchanged. */
  slots: number | null
}

export interface ClaimRequest {
  destinationId: string
  count: number
}

export interface Lease {
  /** One per worker process. */
  token: string
  leaseSeconds: number
}

export interface LeaseHolder extends Lease {
  /** Maximum attempts that this worker has in flight at one destination. */
  attemptsMax: number
}

type ClaimRow = Claim & Omit<QueueState, 'state'> & { state: QueueState['state'] | 'claimed' }

/**
 * Claims due deliveries of these destination queues, oldest first, within the rate and the circuit of each
 * destination. The worker that owns a queue may get more than its concurrency, and must limit its attempts in flight
 * to `slots`. The commit does not wait for the disk: a crash of PostgreSQL that loses a claim leaves the delivery
 * due. A result is later in the same WAL, so it is never recorded without its claim (PostgreSQL manual, "Asynchronous
 * Commit").
 */
export async function claimDeliveries(
  sql: Sql,
  requests: ClaimRequest[],
  { token, leaseSeconds, attemptsMax }: LeaseHolder,
) {
  const rows = await sql<ClaimRow[]>`
    select lane as "destinationId", state, again_ms as "againMs", slots, id, request_id as "requestId", attempts, crashes,
      created_at as "createdAt", skip_filter as "skipFilter", ordering_value as "orderingValue", replay_of as "replayOf"
    from (select set_config('synchronous_commit', 'off', true)) as quick, claim_ahead(${requests.map((request) => request.destinationId)}::uuid[], ${requests.map((request) => request.count)}::int[],
      ${token}::uuid, ${leaseSeconds}::float8, ${attemptsMax}::int)`
  const claims: Claim[] = []
  const queues: QueueState[] = []
  for (const row of rows) {
    const { destinationId, state, againMs, slots } = row
    if (state === 'claimed') claims.push(row)
    else queues.push({ destinationId, state, againMs, slots })
  }
  return { claims: claims.sort((a, b) => (a.requestId < b.requestId ? -1 : 1)), queues }
}

/** Returns the destination queues of active webhooks that have due deliveries. O(destination queues). */
export const dueQueues = (sql: Sql) =>
  sql<{ destinationId: string; userId: string }[]>`
    select lane as "destinationId", user_id as "userId" from due_lanes()`

/**
 * Renews this worker's leases that end within half a lease, so that a short delivery needs no second update. Returns
 * the number of renewed leases. It runs its statement even without ids, so that the caller detects an unavailable
 * database.
 */
export async function renewLeases(sql: Sql, { token, leaseSeconds }: Lease, ids: string[]): Promise<number> {
  const sorted = ids.toSorted()
  const { count } = await sql`
    update delivery set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8)
    where id = any(${sorted}::uuid[]) and id between ${sorted[0] ?? null}::uuid and ${sorted.at(-1) ?? null}::uuid
      and status = 'delivering' and lease_token = ${token}::uuid
      and lease_until < clock_timestamp() + make_interval(secs => ${leaseSeconds}::float8 / 2)`
  return count
}

/** Releases deliveries that this worker claimed but did not start. Does not count an attempt. Returns their number. */
export async function unclaimDeliveries(sql: Sql, { token }: Lease, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0
  const sorted = ids.toSorted()
  const { count } = await sql`
    update delivery set status = case when attempts > 0 then 'retrying' else 'pending' end,
      lease_token = null, lease_until = null
    where id = any(${sorted}::uuid[]) and id between ${sorted[0]!}::uuid and ${sorted.at(-1)!}::uuid
      and status = 'delivering' and lease_token = ${token}::uuid`
  return count
}
