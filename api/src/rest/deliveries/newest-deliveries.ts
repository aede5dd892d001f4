import type { Fragment, Sql } from '@whook/drizzle'
import { deliveryConditions } from '@whook/drizzle/conditions/delivery-conditions'
import { deliveryStatuses, type DeliveryFilter, type DeliveryStatus } from '@whook/shared'

interface Wanted {
  userId: string
  filter: DeliveryFilter
  /** A condition on `d`: where the page begins. */
  position: Fragment
  limit: number
}

/**
 * The user's newest deliveries, in order. The newest of each webhook are read from an index in which they stand in this
 * order, and the newest of these taken: asked for all webhooks at once, PostgreSQL reads and sorts every delivery.
 */
export function newestDeliveries(sql: Sql, { userId, filter, position, limit }: Wanted): Fragment {
  const { webhookId, destinationId, replayId } = filter
  if (replayId) {
    // Few, and found by their own index.
    return sql`
      select d.* from delivery d join webhook w on w.id = d.webhook_id and w.user_id = ${userId}
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
    where w.user_id = ${userId} ${webhookId ? sql`and w.id = ${webhookId}` : sql``}
      ${destinationId ? sql`and w.id = ${webhookOf(sql, destinationId)}` : sql``}
    order by d.created_at desc, d.id desc limit ${limit}`
}

/** Those a delivery that matches can be in; undefined for any. Only a 2xx delivers, so another code names all but one. */
function statusesOf({ status, statusCode }: DeliveryFilter): DeliveryStatus[] | undefined {
  const named = status?.split(',').map((name) => name.trim())
  if (named) return deliveryStatuses.filter((one) => named.includes(one))
  return statusCode && (statusCode < 200 || statusCode > 299)
    ? deliveryStatuses.filter((one) => one !== 'delivered')
    : undefined
}

/**
 * A webhook's deliveries in one status, as an index holds them: those on their way in the lanes of its destinations. The
 * status is a literal: of a value PostgreSQL cannot tell which index holds it.
 */
function inStatus(sql: Sql, status: DeliveryStatus): Fragment {
  const literally = sql.unsafe(`'${status}'`)
  return status === 'pending' || status === 'delivering'
    ? sql`destination t join delivery d on d.destination_id = t.id
        where t.webhook_id = w.id and d.status = ${literally}`
    : sql`delivery d where d.webhook_id = w.id and d.status = ${literally}`
}

/** Of a destination that was deleted nobody knows the webhook: it may be each. */
const webhookOf = (sql: Sql, destinationId: string) =>
  sql`coalesce((select webhook_id from destination where id = ${destinationId}), w.id)`
