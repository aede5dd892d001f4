import type { CreateReplayBody } from '@whook/shared'
import type { Sql } from '../client.js'
import { deliveryConditions } from '../conditions/delivery-conditions.js'
import { requestConditions } from '../conditions/request-conditions.js'

interface Owner {
  userId: string
  selection: CreateReplayBody
  /** Only what was there when the replay began: what it makes itself never matches. */
  before: Date
}

/** `(id, request_id, webhook_id, destination_id)` of what a replay repeats; destination_id is null for requests. */
export function selected(sql: Sql, { userId, selection, before }: Owner): ReturnType<Sql> {
  const { webhookId, requestFilter, requestIds, deliveryFilter } = selection
  const webhooks = sql`(select id from webhook where user_id = ${userId}::uuid
    and (${webhookId ?? null}::uuid is null or id = ${webhookId ?? null}::uuid))`
  if (deliveryFilter) {
    return sql`select d.id, d.request_id, d.webhook_id, d.destination_id from delivery d
      where d.webhook_id in ${webhooks} and d.created_at < ${before} and ${deliveryConditions(sql, deliveryFilter)}`
  }
  return sql`select r.id, r.id as request_id, r.webhook_id, null::uuid as destination_id from webhook_request r
    where r.webhook_id in ${webhooks} and r.id < uuid_floor(${before}::timestamptz + interval '1 second')
      and r.received_at < ${before} and ${requestConditions(sql, requestFilter ?? {})}
      and (${requestIds ?? null}::uuid[] is null or r.id = any(${requestIds ?? null}::uuid[]))`
}

/** Destinations each selected row goes to: its own, or the enabled ones of the webhook, among those chosen. */
export const targets = (sql: Sql, { destinationIds }: CreateReplayBody) => sql`
  join destination t on t.webhook_id = s.webhook_id and t.enabled and (s.destination_id is null or t.id = s.destination_id)
    and (${destinationIds ?? null}::uuid[] is null or t.id = any(${destinationIds ?? null}::uuid[]))`
