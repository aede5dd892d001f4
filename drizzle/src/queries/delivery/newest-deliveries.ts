import { deliveryStatuses, type DeliveryFilter, type DeliveryStatus } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { deliveryConditions } from './delivery-conditions.js'
import { statusIn } from './status-in.js'
import { scopedTo } from '../scoped-to.js'

export interface NewestDeliveriesQuery {
  userId: string
  filter: DeliveryFilter
  /** The condition on `d` that selects rows after the cursor. */
  position: Fragment
  limit: number
}

/**
 * Returns a query of the user's newest deliveries, newest first. It reads the newest of each webhook from an index in
 * this order, then merges them. With one query for all webhooks PostgreSQL would read and sort every delivery.
 */
export function newestDeliveries(
  sql: Sql,
  { userId, filter, position, limit }: NewestDeliveriesQuery,
): Fragment {
  const { webhookId, destinationId, replayId } = filter
  if (replayId) {
    // Few rows, with their own index.
    return sql`
      select d.* from delivery d join webhook w on w.id = d.webhook_id and ${scopedTo(userId).in(sql, 'w')}
      where ${position} and ${deliveryConditions(sql, filter)}
      order by d.created_at desc, d.id desc limit ${limit}`
  }
  const conditions = sql`${position} and ${deliveryConditions(sql, { ...filter, status: undefined })}`
  const newest = (among: Fragment) => sql`
    (select d.* from ${among} and ${conditions} order by d.created_at desc, d.id desc limit ${limit})`
  const [first, ...others] = statusesOf(filter)?.map((status) => newest(inStatus(sql, status))) ?? [
    newest(sql`delivery d where d.webhook_id = w.id`),
  ]
  return sql`
    select d.* from webhook w cross join lateral (
      ${others.reduce<Fragment>((all, other) => sql`${all} union all ${other}`, first!)}
    ) d
    where ${scopedTo(userId).in(sql, 'w')} ${webhookId ? sql`and w.id = ${webhookId}` : sql``}
      ${destinationId ? sql`and w.id = ${webhookOf(sql, destinationId)}` : sql``}
    order by d.created_at desc, d.id desc limit ${limit}`
}

/** Returns the statuses that can match; undefined for all. Another code than 2xx excludes `delivered`. */
function statusesOf({ status, statusCode }: DeliveryFilter): DeliveryStatus[] | undefined {
  const named = status?.split(',').map((name) => name.trim())
  if (named) return deliveryStatuses.filter((one) => named.includes(one))
  return statusCode && (statusCode < 200 || statusCode > 299)
    ? deliveryStatuses.filter((one) => one !== 'delivered')
    : undefined
}

/**
 * Returns the deliveries of a webhook in one status, in the order of an index. Pending and delivering rows are read by
 * destination queue.
 */
function inStatus(sql: Sql, status: DeliveryStatus): Fragment {
  const isOne = statusIn(sql, 'd.status', [status])
  return status === 'pending' || status === 'delivering'
    ? sql`destination t join delivery d on d.destination_id = t.id
        where t.webhook_id = w.id and ${isOne}`
    : sql`delivery d where d.webhook_id = w.id and ${isOne}`
}

/** Returns the webhook of a destination. The webhook of a deleted destination is unknown, so every webhook matches. */
const webhookOf = (sql: Sql, destinationId: string) =>
  sql`coalesce((select webhook_id from destination where id = ${destinationId}), w.id)`
