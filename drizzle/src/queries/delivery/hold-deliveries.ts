import type { Sql } from '../../client.js'
import { waitingStatuses } from './delivery-transitions.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'
import { canHappen, statusIn } from './status-in.js'

/**
 * Maximum rows of one batch. Pausing a webhook or disabling a destination stops its queues immediately (no claim
 * succeeds), and resuming starts them. Held deliveries keep their place and their time, and are claimed in order. The
 * functions below only update the status of the rows. A worker repeats each one until it returns less than a full
 * batch.
 */
export const holdBatchMax = 5000

/** Changes waiting deliveries of stopped destination queues to `held`. */
export const holdDeliveries = (sql: Sql, destinationIds: string[]): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
      join destination on destination.id = d.destination_id join webhook w on w.id = destination.webhook_id
    where d.destination_id = any(${destinationIds}::uuid[]) and ${canHappen(sql, 'hold', 'd.status')}
      and not (destination.enabled and w.status = 'active')
    order by d.id limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = 'held' from picked
  where d.id = picked.id and ${canHappen(sql, 'hold', 'd.status')}
  returning ${liveColumns(sql, 'd')}`

/** Returns running destination queues, of these webhooks or of all, whose webhook still has held deliveries. */
export async function lanesToRelease(sql: Sql, webhookIds: string[] | 'all'): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select destination.id from destination join webhook w on w.id = destination.webhook_id
    where destination.enabled and w.status = 'active'
      and (${webhookIds === 'all'} or w.id = any(${webhookIds === 'all' ? [] : webhookIds}::uuid[]))
      and exists (select from delivery_total t where t.webhook_id = w.id and t.status = 'held' and t.count > 0)`
  return rows.map(({ id }) => id)
}

/** Changes held deliveries of running queues to `pending` or `retrying`. Holds for verification remain. */
export const releaseDeliveries = (sql: Sql, destinationIds: string[]): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
      join destination on destination.id = d.destination_id join webhook w on w.id = destination.webhook_id
    where d.destination_id = any(${destinationIds}::uuid[]) and d.status = 'held' and d.held_for is null
      and destination.enabled and w.status = 'active'
    order by d.next_attempt_at, d.request_id limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = case when d.attempts > 0 then 'retrying' else 'pending' end from picked
  where d.id = picked.id and d.status = 'held'
  returning ${liveColumns(sql, 'd')}`

/** Makes deliveries due that wait for an ordering slot although their destination no longer has an ordering key. */
export const unparkDeliveries = (sql: Sql, webhookIds: string[] | 'all'): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select parked.id from destination cross join lateral (
      select d.id from delivery d
      where d.destination_id = destination.id and ${statusIn(sql, 'd.status', waitingStatuses)}
        and d.next_attempt_at is null and d.ordering_value is not null
      limit ${holdBatchMax} for update of d skip locked) as parked
    where destination.ordering_key is null
      and (${webhookIds === 'all'} or destination.webhook_id = any(${webhookIds === 'all' ? [] : webhookIds}::uuid[]))
    limit ${holdBatchMax})
  update delivery d set next_attempt_at = clock_timestamp() from picked
  where d.id = picked.id and ${statusIn(sql, 'd.status', waitingStatuses)} and d.next_attempt_at is null
  returning ${liveColumns(sql, 'd')}`

/** Cancels waiting deliveries of deleted destinations, or of this deleted destination. */
export const cancelOrphanedDeliveries = (sql: Sql, destinationId?: string): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
    where ${canHappen(sql, 'cancel', 'd.status')}
      and (${destinationId === undefined} or d.destination_id = ${destinationId ?? null}::uuid)
      and not exists (select from destination where destination.id = d.destination_id)
    limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = 'cancelled', next_attempt_at = null, held_for = null, finished_at = clock_timestamp(),
    reason = 'The destination was deleted' from picked
  where d.id = picked.id and ${canHappen(sql, 'cancel', 'd.status')}
  returning ${liveColumns(sql, 'd')}`

/**
 * Disables a destination that returned 410 Gone at this URL. Its owner can enable it again. Returns whether this call
 * disabled it.
 */
export async function disableGoneDestination(sql: Sql, destinationId: string, url: string): Promise<boolean> {
  const { count } = await sql`
    update destination set enabled = false, disabled_reason = 'gone-410'
    where id = ${destinationId}::uuid and url = ${url} and enabled`
  return count > 0
}
