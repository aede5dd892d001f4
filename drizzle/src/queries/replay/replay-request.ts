import { newId } from '@whook/runtime/ids'
import type { Sql } from '../../client.js'
import { liveColumns, type DeliveryChange } from '../delivery/live-columns.js'
import { scopedTo } from '../scoped-to.js'
import { decideReplayed } from './decide-replayed.js'

interface ReplayTarget {
  userId: string
  requestId: string
  /** Default: every enabled destination of the webhook. */
  destinationIds?: string[]
}

/**
 * Replays one stored request as new deliveries that refer to it. Returns none when the request belongs to another
 * user, or none of the given destinations is enabled. Publish the control message `deliveries.due` afterwards.
 */
export const replayRequest = (sql: Sql, target: ReplayTarget): Promise<DeliveryChange[]> =>
  // TransactionSql has the same query interface as Sql.
  sql.begin((tx) => makeReplays(tx as unknown as Sql, target)) as Promise<DeliveryChange[]>

/** `replayRequest` inside a transaction. */
export async function makeReplays(
  tx: Sql,
  { userId, requestId, destinationIds }: ReplayTarget,
): Promise<DeliveryChange[]> {
  const made = await tx<DeliveryChange[]>`
    insert into delivery as d (id, request_id, webhook_id, destination_id, status, next_attempt_at, replay_of)
    select delivery_id(r.id, t.id, ${newId()}), r.id, r.webhook_id, t.id,
      case when w.status = 'active' then 'pending' else 'held' end, now(), r.id
    from webhook_request r
      join webhook w on w.id = r.webhook_id and ${scopedTo(userId).in(tx, 'w')}
      join destination t on t.webhook_id = w.id and t.enabled
    where r.id = ${requestId}::uuid
      and (${destinationIds ?? null}::uuid[] is null or t.id = any(${destinationIds ?? null}::uuid[]))
    returning ${liveColumns(tx, 'd')}`
  const filtered = await decideReplayed(
    tx,
    made.map(({ id }) => id),
  )
  return made.map((change) => filtered.get(change.id) ?? change)
}
