import type { Sql } from '../../client.js'
import type { StoredVerification } from '../../schema/webhook.js'

/** A stored request with a pending signature check, and the current verification settings of its webhook. */
export interface PendingRequest {
  id: string
  webhookId: string
  userId: string
  verification: StoredVerification | null
  method: string
  /** Packed: see runtime/src/raw-headers. */
  headers: Buffer
  body: Buffer
  receivedAt: Date
  /** Number of this attempt. Higher than 1 after transient errors. */
  try: number
}

/**
 * Seconds from each attempt to the next: longer than an attempt takes, so that no other worker claims the request
 * meanwhile.
 */
const againSeconds = [30, 120, 600]
/** Number of attempts after which the check has failed. */
export const triesMax = againSeconds.length + 1

/**
 * Claims the requests that have waited longest, until their next attempt is due. Rows of deleted requests are
 * removed. An attempt that is due in more than twice the longest wait is due: the clock of the database was set back.
 */
export async function claimPending(sql: Sql, max: number): Promise<PendingRequest[]> {
  const claimed = await sql<{ id: string; try: number }[]>`
    with due as (
      select request_id from pending_verification
      where due_at <= now() or due_at > now() + make_interval(secs => ${2 * againSeconds.at(-1)!})
      order by due_at limit ${max}::int for update skip locked)
    update pending_verification p set tries = tries + 1, due_at = clock_timestamp() + make_interval(
      secs => (${againSeconds}::int[])[least(tries + 1, ${againSeconds.length}::int)])
    from due where p.request_id = due.request_id
    returning p.request_id as id, p.tries as try`
  if (claimed.length === 0) return []

  const ids = claimed.map(({ id }) => id).sort()
  const tries = new Map(claimed.map((one) => [one.id, one.try]))
  const found = await sql<Omit<PendingRequest, 'try'>[]>`
    select r.id, r.webhook_id as "webhookId", w.user_id as "userId", w.verification, r.method, r.headers, r.body,
      r.received_at as "receivedAt"
    from webhook_request r join webhook w on w.id = r.webhook_id
    where r.id = any(${ids}::uuid[]) and r.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
    order by r.id`
  for (const { id } of found) tries.delete(id)
  if (tries.size > 0)
    await sql`delete from pending_verification where request_id = any(${[...tries.keys()]}::uuid[])`
  return found.map((one) => ({ ...one, try: claimed.find(({ id }) => id === one.id)!.try }))
}
