import type { Fragment, Sql } from '../../client.js'
import type { DeliveryFilter } from '@whook/shared'

/** Returns a filter as one SQL condition on `d`. */
export function deliveryConditions(sql: Sql, filter: DeliveryFilter): Fragment {
  const { status, webhookId, destinationId, replayId, statusCode, after, before } = filter
  const statuses = status?.split(',').map((name) => name.trim())
  const parts = [
    statuses && sql`d.status = any(${statuses})`,
    webhookId && sql`d.webhook_id = ${webhookId}::uuid`,
    destinationId && sql`d.destination_id = ${destinationId}::uuid`,
    replayId && sql`d.replay_id = ${replayId}::uuid`,
    statusCode && sql`d.last_status_code = ${statusCode}`,
    after && sql`d.created_at >= ${after}::timestamptz`,
    before && sql`d.created_at < ${before}::timestamptz`,
  ]
  return parts
    .filter((part) => typeof part === 'object')
    .reduce<Fragment>((all, part) => sql`${all} and ${part}`, sql`true`)
}
