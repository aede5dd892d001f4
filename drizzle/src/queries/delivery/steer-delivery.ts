import type { Sql } from '../../client.js'
import { scopedTo } from '../scoped-to.js'
import { isFinal, transitions, waitingStatuses } from './delivery-transitions.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'
import { released, releasedReason } from './hold-for-verification.js'
import { canHappen, statusIn } from './status-in.js'
import { slotsFreedBy, wakeOrderingSlots } from './wake-turns.js'

/**
 * The delivery of a manual action. Each function below returns the changed delivery. It returns undefined when the
 * delivery belongs to another user or its state does not allow the action (the caller distinguishes them). When a
 * delivery becomes due, publish the control message `deliveries.due`.
 */
interface OwnedDelivery {
  userId: string
  deliveryId: string
}

/** A retry makes these deliveries waiting again. */
const endedStatuses = transitions.retry.from.filter(isFinal)

/** Cancels a waiting delivery. A delivery in flight cannot be cancelled. */
export async function cancelDelivery(sql: Sql, target: OwnedDelivery): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set status = 'cancelled', next_attempt_at = null, held_for = null, finished_at = clock_timestamp(),
      reason = 'Cancelled manually'
    where ${owned(sql, target)} and ${canHappen(sql, 'cancel', 'd.status')}
    returning ${liveColumns(sql, 'd')}`
  // The next delivery of its ordering slot is now due.
  if (change) await wakeOrderingSlots(sql, slotsFreedBy([change]))
  return change
}

/**
 * Makes a delivery due immediately, before the other deliveries of its destination, so that it is the probe of an
 * open circuit. A delivery that verification holds is released. A dead or cancelled one gets one more attempt, and is
 * dead again if its attempts are used up. Refused when it waits for an ordering slot, a paused webhook or a disabled
 * destination.
 */
export async function retryDelivery(sql: Sql, target: OwnedDelivery): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set
      status = case when w.status <> 'active' and d.held_for is not null then 'held'
                    when d.attempts > 0 then 'retrying' else 'pending' end,
      crashes = 0, finished_at = null, ${released(sql)}, next_attempt_at = least(clock_timestamp(), (
        select min(first.next_attempt_at) from delivery first
        where first.destination_id = d.destination_id and ${statusIn(sql, 'first.status', waitingStatuses)}
      ) - interval '1 millisecond'),
      reason = case when d.held_for is not null then ${releasedReason} else 'Retried manually' end
    from destination t join webhook w on w.id = t.webhook_id
    where ${owned(sql, target)} and t.id = d.destination_id and (
      ${statusIn(sql, 'd.status', endedStatuses)} or d.held_for is not null
      or (${statusIn(sql, 'd.status', waitingStatuses)} and d.next_attempt_at is not null and t.enabled and w.status = 'active'))
    returning ${liveColumns(sql, 'd')}`
  return change
}

/**
 * Makes a filtered delivery due and skips its filter. Not for a delivery that a script dropped: it would drop it
 * again.
 */
export async function deliverAnyway(sql: Sql, target: OwnedDelivery): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set status = 'pending', skip_filter = true, next_attempt_at = clock_timestamp(),
      finished_at = null, reason = 'Delivered manually although filtered'
    where ${owned(sql, target)} and ${stillThere(sql)} and d.status = 'filtered' and d.filter_failure is not null
    returning ${liveColumns(sql, 'd')}`
  return change
}

const stillThere = (sql: Sql) => sql`exists (select from destination where destination.id = d.destination_id)`

const owned = (sql: Sql, { userId, deliveryId }: OwnedDelivery) => sql`
  d.id = ${deliveryId}::uuid and exists (
    select from webhook where webhook.id = d.webhook_id and ${scopedTo(userId).in(sql, 'webhook')})`
