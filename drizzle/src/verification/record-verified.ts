import type { VerificationOutcome } from '@whook/shared'
import type { Sql } from '../client.js'

export interface Judged {
  id: string
  outcome: VerificationOutcome
  reason: string | null
}

/** Writes down what came of requests that waited; those still `pending` go on waiting, and say for what. */
export async function recordVerified(sql: Sql, judged: readonly Judged[]): Promise<void> {
  const ids = judged.map(({ id }) => id).sort()
  const done = judged.filter(({ outcome }) => outcome !== 'pending').map(({ id }) => id)
  await sql`
    with done as (delete from pending_verification where request_id = any(${done}::uuid[]))
    update webhook_request r set verification = j.outcome, verification_reason = j.reason
    from unnest(${judged.map(({ id }) => id)}::uuid[], ${judged.map(({ outcome }) => outcome)}::text[],
                ${judged.map(({ reason }) => reason)}::text[]) as j(id, outcome, reason)
    where r.id = j.id and r.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid and r.verification = 'pending'`
}

/**
 * Whether the same delivery was verified in the day before: by its key, which its signature vouches for where the provider
 * is Amazon SNS (see shared/server/delivery-key).
 */
export async function verifiedBefore(sql: Sql, requestId: string): Promise<boolean> {
  const rows = await sql`
    select from webhook_request r join webhook_request e on e.delivery_key = r.delivery_key and e.id < r.id
    where r.id = ${requestId}::uuid and e.verification = 'verified'
      and e.id > uuid_floor(r.received_at - interval '2 days')
    limit 1`
  return rows.length > 0
}
