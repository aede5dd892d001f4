import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'
import { released, releasedReason } from './hold-for-verification.js'
import { turnsAfter, wakeTurns } from './wake-turns.js'

/**
 * What an owner can do to one delivery. Each answers the changed delivery, or undefined when it is not the user's or not
 * in a state that allows it (the caller tells the two apart). After a change that makes something due, send the control
 * message `deliveries.due`.
 */
interface Target {
  userId: string
  deliveryId: string
}

/** Nothing more is sent; what is in flight cannot be recalled and is not cancelled. */
export async function cancelDelivery(sql: Sql, target: Target): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set status = 'cancelled', next_attempt_at = null, held_for = null, finished_at = clock_timestamp(),
      reason = 'Cancelled by hand'
    where ${owned(sql, target)} and d.status in ('pending', 'retrying', 'held')
    returning ${liveColumns(sql, 'd')}`
  // What waited for it to end may go.
  if (change) await wakeTurns(sql, turnsAfter([change]))
  return change
}

/**
 * Makes a delivery due at once, before what else is due at its destination: after an open circuit it is the probe. One
 * that is held for verification is released. A dead or cancelled one gets one more try, and dies again if its attempts
 * are used up. Refused for what waits for its ordering slot, a paused webhook or a disabled destination.
 */
export async function retryDelivery(sql: Sql, target: Target): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set
      status = case when w.status <> 'active' and d.held_for is not null then 'held'
                    when d.attempts > 0 then 'retrying' else 'pending' end,
      crashes = 0, finished_at = null, ${released(sql)}, next_attempt_at = least(clock_timestamp(), (
        select min(first.next_attempt_at) from delivery first
        where first.destination_id = d.destination_id and first.status in ('pending', 'retrying', 'held')
      ) - interval '1 millisecond'),
      reason = case when d.held_for is not null then ${releasedReason} else 'Retried by hand' end
    from destination t join webhook w on w.id = t.webhook_id
    where ${owned(sql, target)} and t.id = d.destination_id and (
      d.status in ('dead', 'cancelled') or d.held_for is not null
      or (d.status in ('pending', 'retrying', 'held') and d.next_attempt_at is not null and t.enabled and w.status = 'active'))
    returning ${liveColumns(sql, 'd')}`
  return change
}

/** Sends what its filter kept back, without asking it again. What a script kept back stays: it would be so again. */
export async function deliverAnyway(sql: Sql, target: Target): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set status = 'pending', skip_filter = true, next_attempt_at = clock_timestamp(),
      finished_at = null, reason = 'Delivered although filtered, by hand'
    where ${owned(sql, target)} and ${stillThere(sql)} and d.status = 'filtered' and d.filter_failure is not null
    returning ${liveColumns(sql, 'd')}`
  return change
}

const stillThere = (sql: Sql) => sql`exists (select from destination where destination.id = d.destination_id)`

const owned = (sql: Sql, { userId, deliveryId }: Target) => sql`
  d.id = ${deliveryId}::uuid
  and exists (select from webhook where webhook.id = d.webhook_id and webhook.user_id = ${userId}::uuid)`
