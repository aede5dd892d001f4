import type { CreateReplayBody } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { deliveryConditions } from '../delivery/delivery-conditions.js'
import { scopedTo } from '../scoped-to.js'
import { indexedConditions, searchConditions } from '../request/request-conditions.js'

interface ReplaySelection {
  userId: string
  selection: CreateReplayBody
  /** Start of the replay. Newer rows, such as its own deliveries, do not match. */
  before: Date
}

interface SelectionPage {
  /** Only ids greater than this one. */
  after: string
  /** Maximum rows to scan, in the order of their ids. */
  rowsMax: number
}

/**
 * Selects `(id, request_id, webhook_id, destination_id)` of the rows to repeat; destination_id is null for requests.
 */
export function selected(sql: Sql, owner: ReplaySelection): Fragment {
  const { columns, reach, search } = parts(sql, owner)
  return sql`select ${columns} from ${reach} and ${search}`
}

/** `selected` for the next `rowsMax` rows that the indexed conditions match. */
export function selectedNext(sql: Sql, owner: ReplaySelection, { after, rowsMax }: SelectionPage): Fragment {
  const { alias, columns, reach, search } = parts(sql, owner)
  return sql`select ${columns} from (
    select * from ${reach} and ${alias}.id > ${after}::uuid order by ${alias}.id limit ${rowsMax}) ${alias} where ${search}`
}

/** Selects the id of the last of these rows; no row when fewer than `rowsMax` exist. */
export function lastLookedAt(sql: Sql, owner: ReplaySelection, { after, rowsMax }: SelectionPage): Fragment {
  const { alias, reach } = parts(sql, owner)
  return sql`select ${alias}.id from ${reach} and ${alias}.id > ${after}::uuid
    order by ${alias}.id limit 1 offset ${rowsMax - 1}`
}

/** Joins the destinations of each selected row: its own, or the webhook's enabled ones, limited to `destinationIds`. */
export const targets = (sql: Sql, { destinationIds }: CreateReplayBody) => sql`
  join destination t on t.webhook_id = s.webhook_id and t.enabled and (s.destination_id is null or t.id = s.destination_id)
    and (${destinationIds ?? null}::uuid[] is null or t.id = any(${destinationIds ?? null}::uuid[]))`

/** `reach` has the conditions that indexes serve, `search` those evaluated for each row. */
function parts(sql: Sql, { userId, selection, before }: ReplaySelection) {
  const { webhookId, requestFilter = {}, requestIds, deliveryFilter } = selection
  if (deliveryFilter) {
    // The usual selection. An index finds dead deliveries without a scan of the others.
    const status = deliveryFilter.status === 'dead' ? sql`d.status = 'dead'` : sql`true`
    // Deliveries that verification holds are included only when the filter names the status.
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
  // Forged requests must not be sent with the others. They are included only by verdict or by id.
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

  /** A single webhook is compared by its id, so that its index returns the rows in order without a sort. */
  function ofUser(column: Fragment, id: string | undefined): Fragment {
    const webhooks = sql`select id from webhook where ${scopedTo(userId).in(sql, 'webhook')}`
    return id
      ? sql`${column} = ${id}::uuid and ${id}::uuid in (${webhooks})`
      : sql`${column} in (${webhooks})`
  }
}
