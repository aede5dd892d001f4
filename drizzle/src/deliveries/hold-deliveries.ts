import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

/**
 * Pausing a webhook or disabling a destination stops its lanes by itself (no claim is given), and resuming starts them:
 * held deliveries keep their place and their time, and are claimed in order. These only make the rows say so, a batch at
 * a time; a worker runs them until they answer less than a full one.
 */
export const holdBatchMax = 5000

/** Waiting deliveries of stopped lanes become `held`. */
export const holdDeliveries = (sql: Sql, destinationIds: string[]): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
      join destination on destination.id = d.destination_id join webhook w on w.id = destination.webhook_id
    where d.destination_id = any(${destinationIds}::uuid[]) and d.status in ('pending', 'retrying')
      and not (destination.enabled and w.status = 'active')
    order by d.id limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = 'held' from picked
  where d.id = picked.id and d.status in ('pending', 'retrying')
  returning ${liveColumns(sql, 'd')}`

/** Lanes that run, of these webhooks or of all, whose webhook still has something that says it is held. */
export async function lanesToRelease(sql: Sql, webhookIds: string[] | 'all'): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select destination.id from destination join webhook w on w.id = destination.webhook_id
    where destination.enabled and w.status = 'active'
      and (${webhookIds === 'all'} or w.id = any(${webhookIds === 'all' ? [] : webhookIds}::uuid[]))
      and exists (select from delivery_total t where t.webhook_id = w.id and t.status = 'held' and t.count > 0)`
  return rows.map(({ id }) => id)
}

/** Held deliveries of lanes that run again go back to what they were. What is held for verification stays held. */
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

/**
 * Deliveries that stepped out of their lane to wait for their turn, where nothing has a turn any more: the destination's
 * ordering key was taken away. They are due.
 */
export const unparkDeliveries = (sql: Sql, webhookIds: string[] | 'all'): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select parked.id from destination cross join lateral (
      select d.id from delivery d
      where d.destination_id = destination.id and d.status in ('pending', 'retrying', 'held')
        and d.next_attempt_at is null and d.ordering_value is not null
      limit ${holdBatchMax} for update of d skip locked) as parked
    where destination.ordering_key is null
      and (${webhookIds === 'all'} or destination.webhook_id = any(${webhookIds === 'all' ? [] : webhookIds}::uuid[]))
    limit ${holdBatchMax})
  update delivery d set next_attempt_at = clock_timestamp() from picked
  where d.id = picked.id and d.status in ('pending', 'retrying', 'held') and d.next_attempt_at is null
  returning ${liveColumns(sql, 'd')}`

/** What waits for destinations that are gone, or for this one of them. */
export const cancelOrphanedDeliveries = (sql: Sql, destinationId?: string): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
    where d.status in ('pending', 'retrying', 'held')
      and (${destinationId === undefined} or d.destination_id = ${destinationId ?? null}::uuid)
      and not exists (select from destination where destination.id = d.destination_id)
    limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = 'cancelled', next_attempt_at = null, held_for = null, finished_at = clock_timestamp(),
    reason = 'The destination was deleted' from picked
  where d.id = picked.id and d.status in ('pending', 'retrying', 'held')
  returning ${liveColumns(sql, 'd')}`

/**
 * The destination said 410 Gone at this URL: it gets nothing more until its owner enables it. Answers whether this call
 * did it.
 */
export async function disableGoneDestination(sql: Sql, destinationId: string, url: string): Promise<boolean> {
  const { count } = await sql`
    update destination set enabled = false, disabled_reason = 'gone-410'
    where id = ${destinationId}::uuid and url = ${url} and enabled`
  return count > 0
}
