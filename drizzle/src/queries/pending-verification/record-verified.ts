import type { VerificationOutcome } from '@whook/shared'
import type { Sql } from '../../client.js'
import { deliveriesOf } from '../request/request-conditions.js'
import { released } from '../delivery/hold-for-verification.js'
import { liveColumns, type DeliveryChange } from '../delivery/live-columns.js'
import type { OrderingSlot } from '../delivery/wake-turns.js'
import { heldReason } from '../delivery/make-deliveries.js'

export interface Judged {
  id: string
  outcome: VerificationOutcome
  reason: string | null
}

/**
 * Stores the verdicts of pending requests and changes the state of their deliveries, in one transaction. Requests
 * that are still `pending` keep waiting. Returns the changed deliveries (released, or held or cancelled by the
 * webhook's policy) and the ordering slots that became free.
 */
export async function recordVerified(sql: Sql, judged: readonly Judged[]) {
  const ids = judged.map(({ id }) => id).sort()
  const done = judged.filter(({ outcome }) => outcome !== 'pending').map(({ id }) => id)
  return sql.begin(async (transaction) => {
    // TransactionSql has the same query interface as Sql.
    const tx = transaction as unknown as Sql
    if (done.length > 0) await tx`delete from pending_verification where request_id = any(${done}::uuid[])`
    await tx`
      update webhook_request r set verification = j.outcome, verification_reason = j.reason,
        refused = j.outcome = 'failed' and exists (
          select from webhook w where w.id = r.webhook_id and w.on_verification_failure = 'reject')
      from unnest(${judged.map(({ id }) => id)}::uuid[], ${judged.map(({ outcome }) => outcome)}::text[],
                  ${judged.map(({ reason }) => reason)}::text[]) as j(id, outcome, reason)
      where r.id = j.id and r.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid and r.verification = 'pending'`
    const moved = done.length === 0 ? [] : await moveDeliveries(tx, done.sort())
    const freedSlots = moved.flatMap(({ status, destinationId, freedValue }): OrderingSlot[] =>
      status === 'pending' || freedValue === null ? [] : [{ destinationId, orderingValue: freedValue }],
    )
    return { moved, freedSlots }
  })
}

const cancelledReason = 'The signature check of its request failed, and the webhook rejects such requests'

const moveDeliveries = (tx: Sql, requestIds: string[]) => tx<
  (DeliveryChange & { freedValue: string | null })[]
>`
  with verdict as materialized (
    select d.id, w.status = 'active' as active,
      case when r.verification = 'failed' then w.on_verification_failure else 'deliver' end as policy
    from webhook_request r join webhook w on w.id = r.webhook_id join delivery d on ${deliveriesOf(tx)}
    where r.id = any(${requestIds}::uuid[])
      and r.id between ${requestIds[0]!}::uuid and ${requestIds.at(-1)!}::uuid
      and d.status = 'held' and d.held_for = 'verification-pending'
    for update of d
  ), let_go as (
    update delivery d set status = case when v.active then 'pending' else 'held' end, next_attempt_at = now(),
      ${released(tx)}
    from verdict v where v.id = d.id and v.policy = 'deliver' returning d.*
  ), held as (
    update delivery d set held_for = 'verification-failed', held_ordering_value = d.ordering_value,
      ordering_value = null, reason = ${heldReason}
    from verdict v where v.id = d.id and v.policy = 'hold' returning d.*
  ), cancelled as (
    update delivery d set status = 'cancelled', held_for = null, next_attempt_at = null, finished_at = now(),
      reason = ${cancelledReason}
    from verdict v where v.id = d.id and v.policy = 'reject' returning d.*
  )
  select ${liveColumns(tx, 'd')}, coalesce(d.ordering_value, d.held_ordering_value) as "freedValue" from (
    select * from let_go union all select * from held union all select * from cancelled) as d`

/**
 * Returns whether an earlier request with the same delivery key was verified in the two days before. For Amazon SNS the
 * signature covers the key (see shared/src/delivery-policy-key).
 */
export async function verifiedBefore(sql: Sql, requestId: string): Promise<boolean> {
  const rows = await sql`
    select from webhook_request r join webhook_request e on e.delivery_key = r.delivery_key and e.id < r.id
    where r.id = ${requestId}::uuid and e.verification = 'verified'
      and e.id > uuid_floor(r.received_at - interval '2 days')
    limit 1`
  return rows.length > 0
}
