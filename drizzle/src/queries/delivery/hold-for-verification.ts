import type { ReleaseDeliveriesBody } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { holdBatchMax } from './hold-deliveries.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

/**
 * Deliveries of requests with a failed or pending signature check are `held`. Their `held_for` is set and their
 * `next_attempt_at` is infinity, so that no claim and no resume takes them. After a failed check they have no ordering
 * slot. See docs/security.md.
 */
export const releasedReason = 'Released manually although the signature check failed'

/** Column assignments that release a held delivery. */
export const released = (sql: Sql): Fragment => sql`
  held_for = null, ordering_value = coalesce(d.held_ordering_value, d.ordering_value), held_ordering_value = null`

interface VerificationHeldFilter extends ReleaseDeliveriesBody {
  webhookId: string
}

/**
 * Releases a batch of one webhook's deliveries that verification holds, oldest first. Fewer than `holdBatchMax` rows:
 * all are released.
 */
export const releaseVerificationHeld = (
  sql: Sql,
  { webhookId, destinationId, after, before }: VerificationHeldFilter,
): Promise<DeliveryChange[]> => sql<DeliveryChange[]>`
  with picked as materialized (
    select d.id from delivery d
    where d.webhook_id = ${webhookId}::uuid and d.status = 'held' and d.held_for is not null
      and (${destinationId ?? null}::uuid is null or d.destination_id = ${destinationId ?? null}::uuid)
      and (${after ?? null}::timestamptz is null or d.created_at >= ${after ?? null}::timestamptz)
      and (${before ?? null}::timestamptz is null or d.created_at < ${before ?? null}::timestamptz)
    order by d.created_at, d.id limit ${holdBatchMax} for update of d skip locked)
  update delivery d set status = case when w.status = 'active' then 'pending' else 'held' end, next_attempt_at = now(),
    reason = ${releasedReason}, ${released(sql)}
  from picked join webhook w on w.id = ${webhookId}::uuid
  where d.id = picked.id and d.status = 'held' and d.held_for is not null
  returning ${liveColumns(sql, 'd')}`
