import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'
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
    update delivery d set status = 'cancelled', next_attempt_at = null, finished_at = clock_timestamp(),
      reason = 'Cancelled by hand'
    where ${owned(sql, target)} and d.status in ('pending', 'retrying', 'held')
    returning ${liveColumns(sql, 'd')}`
  // What waited for it to end may go.
  if (change) await wakeTurns(sql, turnsAfter([change]))
  return change
}

/** At once. A dead or cancelled delivery gets one more try, and dies again if its attempts are used up. */
export async function retryDelivery(sql: Sql, target: Target): Promise<DeliveryChange | undefined> {
  const [change] = await sql<DeliveryChange[]>`
    update delivery d set status = case when d.attempts > 0 then 'retrying' else 'pending' end, crashes = 0,
      next_attempt_at = clock_timestamp(), finished_at = null, reason = 'Retried by hand'
    where ${owned(sql, target)} and ${stillThere(sql)} and d.status in ('retrying', 'dead', 'cancelled')
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
