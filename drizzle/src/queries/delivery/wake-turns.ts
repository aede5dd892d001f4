import type { Fragment, Sql } from '../../client.js'
import { isFinal, openStatuses } from './delivery-transitions.js'
import type { DeliveryChange } from './live-columns.js'
import { statusIn } from './status-in.js'

export interface OrderingSlot {
  destinationId: string
  orderingValue: string
}

/** Returns the ordering slots that became free: one for each ordering value whose delivery has ended. */
export const slotsFreedBy = (changes: DeliveryChange[]): OrderingSlot[] =>
  changes.flatMap(({ status, destinationId, orderingValue }) =>
    orderingValue !== null && isFinal(status) ? [{ destinationId, orderingValue }] : [],
  )

/** Makes the next delivery of each ordering slot due. Returns the destination queues that have due deliveries. */
export async function wakeOrderingSlots(sql: Sql, slots: OrderingSlot[]): Promise<string[]> {
  if (slots.length === 0) return []
  const rows = await sql<{ lane: string }[]>`
    select distinct wake_turns as lane from wake_turns(
      ${slots.map((slot) => slot.destinationId)}::uuid[], ${slots.map((slot) => slot.orderingValue)}::text[])`
  return rows.map((row) => row.lane)
}

/** Position of the scan for missed ordering slots: after this value of this destination. */
export type OrderingSlotCursor = OrderingSlot | undefined

const headsMax = 1000

/**
 * Finds missed ordering slots: the predecessor was cancelled or deleted, or its worker was killed before it woke the
 * next delivery. Reads the oldest open delivery of up to 1000 ordering values after the cursor, in index order. The
 * number of deliveries behind it does not matter. Returns the destination queues that have due deliveries, and the
 * cursor of the next scan.
 */
export async function wakeMissedSlots(sql: Sql, after: OrderingSlotCursor) {
  const head = (destinationId: Fragment, value: Fragment) => sql`
    select d.destination_id, d.ordering_value, d.next_attempt_at is null and d.status <> 'delivering' as forgotten
    from delivery d
    where d.ordering_value is not null and ${statusIn(sql, 'd.status', openStatuses)}
      and (d.destination_id, d.ordering_value) > (${destinationId}, ${value})
    order by d.destination_id, d.ordering_value, d.request_id, d.id limit 1`
  const first = after ?? { destinationId: '00000000-0000-0000-0000-000000000000', orderingValue: '' }
  const heads = await sql<(OrderingSlot & { forgotten: boolean })[]>`
    with recursive head as (
      (select one.*, 1 as n
       from (${head(sql`${first.destinationId}::uuid`, sql`${first.orderingValue}::text`)}) as one)
      union all
      select next.*, head.n + 1 from head, lateral (
        ${head(sql`head.destination_id`, sql`head.ordering_value`)}) as next
      where head.n < ${headsMax})
    select destination_id as "destinationId", ordering_value as "orderingValue", forgotten from head order by n`
  const last = heads.at(-1)
  return {
    destinationIds: await wakeOrderingSlots(
      sql,
      heads.filter(({ forgotten }) => forgotten),
    ),
    next: heads.length < headsMax ? undefined : (last as OrderingSlotCursor),
  }
}
