import type { CreateReplayBody } from '@whook/shared'
import type { Fragment, Sql } from '../client.js'
import { deliveryConditions } from '../conditions/delivery-conditions.js'
import { indexedConditions, searchConditions } from '../conditions/request-conditions.js'

interface Owner {
  userId: string
  selection: CreateReplayBody
  /** Only what was there when the replay began: what it makes itself never matches. */
  before: Date
}

interface Look {
  /** Only what comes after this id. */
  after: string
  /** Rows looked through, in order of their ids. */
  rowsMax: number
}

/** `(id, request_id, webhook_id, destination_id)` of what a replay repeats; destination_id is null for requests. */
export function selected(sql: Sql, owner: Owner): Fragment {
  const { columns, reach, search } = parts(sql, owner)
  return sql`select ${columns} from ${reach} and ${search}`
}

/** The same, of the next so many rows that are in reach. */
export function selectedNext(sql: Sql, owner: Owner, { after, rowsMax }: Look): Fragment {
  const { alias, columns, reach, search } = parts(sql, owner)
  return sql`select ${columns} from (
    select * from ${reach} and ${alias}.id > ${after}::uuid order by ${alias}.id limit ${rowsMax}) ${alias} where ${search}`
}

/** The id of the last of them; nothing when there are fewer. */
export function lastLookedAt(sql: Sql, owner: Owner, { after, rowsMax }: Look): Fragment {
  const { alias, reach } = parts(sql, owner)
  return sql`select ${alias}.id from ${reach} and ${alias}.id > ${after}::uuid
    order by ${alias}.id limit 1 offset ${rowsMax - 1}`
}

/** Destinations each selected row goes to: its own, or the enabled ones of the webhook, among those chosen. */
export const targets = (sql: Sql, { destinationIds }: CreateReplayBody) => sql`
  join destination t on t.webhook_id = s.webhook_id and t.enabled and (s.destination_id is null or t.id = s.destination_id)
    and (${destinationIds ?? null}::uuid[] is null or t.id = any(${destinationIds ?? null}::uuid[]))`

/** `reach` is what indexes serve, `search` what must be asked of row after row. */
function parts(sql: Sql, { userId, selection, before }: Owner) {
  const { webhookId, requestFilter = {}, requestIds, deliveryFilter } = selection
  if (deliveryFilter) {
    // The usual ones, few and found by index: others are not looked through for them.
    const status = deliveryFilter.status === 'dead' ? sql`d.status = 'dead'` : sql`true`
    // Held for verification: only who names the status means these.
    const held = deliveryFilter.status?.includes('held') ? sql`true` : sql`d.held_for is null`
    return {
      alias: sql`d`,
      columns: sql`d.id, d.request_id, d.webhook_id, d.destination_id`,
      reach: sql`delivery d where ${ofUser(sql`d.webhook_id`, deliveryFilter.webhookId)}
        and d.created_at < ${before} and ${status}`,
      search: sql`${deliveryConditions(sql, deliveryFilter)} and ${held}`,
    }
  }
  const chosen = requestIds ? sql`r.id = any(${requestIds}::uuid[])` : sql`true`
  // Forged requests must not go out with the others: only who names the verdict, or the requests, means these.
  const trusted =
    requestIds || requestFilter.verification
      ? sql`true`
      : sql`(r.verification <> 'failed' or exists (
          select from webhook w where w.id = r.webhook_id and w.on_verification_failure = 'deliver'))`
  return {
    alias: sql`r`,
    columns: sql`r.id, r.id as request_id, r.webhook_id, null::uuid as destination_id`,
    reach: sql`webhook_request r where ${ofUser(sql`r.webhook_id`, webhookId)}
      and r.id < uuid_floor(${before}::timestamptz + interval '1 second') and r.received_at < ${before}
      and ${indexedConditions(sql, requestFilter)} and ${chosen}`,
    search: sql`${searchConditions(sql, requestFilter)} and ${trusted}`,
  }

  /** One webhook is named as itself: its index has the rows in order then, and none are sorted. */
  function ofUser(column: Fragment, id: string | undefined): Fragment {
    const webhooks = sql`select id from webhook where user_id = ${userId}::uuid`
    return id
      ? sql`${column} = ${id}::uuid and ${id}::uuid in (${webhooks})`
      : sql`${column} in (${webhooks})`
  }
}
