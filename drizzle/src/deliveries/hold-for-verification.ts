import type { ReleaseDeliveriesBody } from '@whook/shared'
import type { Fragment, Sql } from '../client.js'
import { holdBatchMax } from './hold-deliveries.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

/**
 * Deliveries of requests whose signature check failed, or has no verdict yet, are `held` with `held_for` set and
 * `next_attempt_at` at infinity. So no claim finds them, no resume releases them, and a failed one is in no ordering
 * slot. See docs/security.md.
 */
export const releasedReason = 'Released by hand although the signature check failed'

/** The columns of a held delivery that may go. */
export const released = (sql: Sql): Fragment => sql`
  held_for = null, ordering_value = coalesce(d.held_ordering_value, d.ordering_value), held_ordering_value = null`

interface Wanted extends ReleaseDeliveriesBody {
  webhookId: string
}

/** Releases a batch of what verification holds of one webhook, oldest first. Less than `holdBatchMax` means all. */
export const releaseVerificationHeld = (
  sql: Sql,
  { webhookId, destinationId, after, before }: Wanted,
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
