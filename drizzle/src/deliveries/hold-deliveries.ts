import type { Sql } from '../client.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

/**
 * Pausing a webhook or disabling a destination stops its lanes by itself (no claim is given), and resuming starts them
 * (held deliveries keep their place in the lane and are claimed in order). These two only make the rows say so, a batch
 * at a time, oldest first; run them until they answer nothing, or send `deliveries.due` and a worker does.
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

/** Held deliveries of lanes that run again go back to what they were. */
export const releaseDeliveries = (sql: Sql, destinationIds: string[]): Promise<DeliveryChange[]> => sql<
  DeliveryChange[]
>`
  with picked as materialized (
    select d.id from delivery d
      join destination on destination.id = d.destination_id join webhook w on w.id = destination.webhook_id
    where d.destination_id = any(${destinationIds}::uuid[]) and d.status = 'held'
      and destination.enabled and w.status = 'active'
    order by d.next_attempt_at, d.request_id limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = case when d.attempts > 0 then 'retrying' else 'pending' end from picked
  where d.id = picked.id and d.status = 'held'
  returning ${liveColumns(sql, 'd')}`

/** The destination said 410 Gone: it gets nothing more until its owner enables it. Answers whether this call did it. */
export async function disableGoneDestination(sql: Sql, destinationId: string): Promise<boolean> {
  const { count } = await sql`
    update destination set enabled = false, disabled_reason = 'gone-410'
    where id = ${destinationId}::uuid and enabled`
  return count > 0
}
