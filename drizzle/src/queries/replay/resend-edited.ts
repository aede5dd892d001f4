import type { RequestEdit } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { headerValueToWire, packHeaders } from '@whook/runtime/raw-headers'
import type { Sql } from '../../client.js'
import type { DeliveryChange } from '../delivery/live-columns.js'
import { scopedTo } from '../scoped-to.js'
import { bodyOf } from '../request/body-of.js'
import { makeReplays } from './replay-request.js'

interface EditedResend {
  userId: string
  requestId: string
  edit: RequestEdit
  /** Event type of the copy in the request list. */
  event: string | null
  destinationIds?: string[]
}

/**
 * Stores an edited copy of a request and its deliveries in one transaction. The copy refers to the original. It
 * counts as unverified, because the provider did not sign it. Returns undefined when the original belongs to another
 * user.
 */
export async function resendEdited(
  sql: Sql,
  { userId, requestId, edit, event, destinationIds }: EditedResend,
): Promise<{ requestId: string; deliveries: DeliveryChange[] } | undefined> {
  const id = newId()
  const body = edit.body ? bodyOf(edit.body) : null
  const headers = edit.headers ? packHeaders(edit.headers.flat().map(headerValueToWire)) : null
  const contentType = edit.headers?.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null
  return sql.begin(async (tx) => {
    const copies = await tx`
      insert into webhook_request (id, webhook_id, method, path, query, headers, body, content_type, size, event,
        remote_address, http_version, verification, verification_reason, replay_of, received_at)
      select ${id}::uuid, r.webhook_id, coalesce(${edit.method ?? null}, r.method), coalesce(${edit.path ?? null}, r.path),
        coalesce(${edit.query ?? null}, r.query), coalesce(${headers}::bytea, r.headers), new.body,
        case when ${headers !== null}::boolean then ${contentType} else r.content_type end, length(new.body), ${event},
        r.remote_address, r.http_version, 'unconfigured', 'Edited and resent manually', r.id, now()
      from webhook_request r join webhook w on w.id = r.webhook_id and ${scopedTo(userId).in(sql, 'w')}
        cross join lateral (select coalesce(${body}::bytea, r.body) as body) new
      where r.id = ${requestId}::uuid
      returning webhook_id`
    if (copies.length === 0) return undefined
    await tx`
      insert into webhook_delta (webhook_id, minute, stored, stored_bytes, last_request_at)
      select webhook_id, date_trunc('minute', now()), 1, size, now() from webhook_request where id = ${id}::uuid`
    // TransactionSql has the same query interface as Sql.
    const deliveries = await makeReplays(tx as unknown as Sql, { userId, requestId: id, destinationIds })
    return { requestId: id, deliveries }
  })
}
