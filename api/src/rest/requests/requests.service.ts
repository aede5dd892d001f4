import type { Db, Fragment, Sql } from '@whook/drizzle'
import {
  ApiError,
  limits,
  type ListRequestsQuery,
  type LiveMessage,
  type RequestFilter,
  type RequestPage,
  type RequestSummary,
  type WebhookRequest,
} from '@whook/shared'
import { withinMs } from '@whook/drizzle/within-ms'
import { createOwned } from '../owned.js'
import { pageCondition, readPlace, writePlace } from './request-pages.js'
import {
  deliveriesOf,
  indexedConditions,
  isSearch,
  requestConditions,
  searchConditions,
} from '@whook/drizzle/conditions/request-conditions'
import { toRequest, toSummary, type RequestRow, type SummaryRow } from './to-request.js'

interface RequestsServiceDeps {
  db: Db
  sql: Sql
  tell: (userId: string, message: LiveMessage) => void
}

export function createRequestsService({ db, sql, tell }: RequestsServiceDeps) {
  const owned = createOwned(db)

  const summaryColumns = sql`r.id, r.webhook_id, r.method, r.path, r.query, r.content_type, r.size, r.event,
    r.verification, r.refused, r.remote_address, r.duplicate_of, r.replay_of, r.received_at, s.*, l.*`
  const summaryJoin = sql`left join lateral (
    select count(*)::int as total,
      count(*) filter (where d.status = 'delivered')::int as delivered,
      count(*) filter (where d.status in ('pending', 'held', 'delivering', 'retrying'))::int as waiting,
      count(*) filter (where d.status = 'retrying')::int as retrying,
      count(*) filter (where d.status = 'dead')::int as failed,
      count(*) filter (where d.status = 'recovered')::int as recovered,
      count(*) filter (where d.status in ('filtered', 'cancelled'))::int as filtered,
      array_agg(d.id) as delivery_ids
    from delivery d where ${deliveriesOf(sql)}) s on true
    left join lateral (
      select a.status_code as last_status_code, a.duration_ms as last_duration_ms from attempt a
      where a.delivery_id = any(s.delivery_ids)
        and a.delivery_id >= uuid_of_millisecond(r.id, 0) and a.delivery_id < uuid_of_millisecond(r.id, 1)
      order by a.started_at desc, a.number desc limit 1) l on true`

  return {
    async list(userId: string, webhookId: string, query: ListRequestsQuery): Promise<RequestPage> {
      await owned.webhook(userId, webhookId)
      const { limit = limits.pageDefault, cursor, since, ...filter } = query
      const place = await readPlace(sql, { cursor, since })
      const { condition: position, order } = pageCondition(sql, place, webhookId)
      const inReach = sql`r.webhook_id = ${webhookId} and ${position} and ${indexedConditions(sql, filter)}`
      const found = isSearch(filter)
        ? sql`(select * from webhook_request r where ${inReach} order by r.id ${order} limit ${limits.searchRowsMax}) r
            where ${searchConditions(sql, filter)}`
        : sql`webhook_request r where ${inReach}`
      const read = (tx: Sql) => tx<SummaryRow[]>`
        select ${summaryColumns} from (select * from ${found} order by r.id ${order} limit ${limit + 1}) r
        ${summaryJoin} order by r.id ${order}`
      const rows = await (isSearch(filter) ? withinMs(sql, limits.searchMsMax, read) : read(sql))
      const items = rows.slice(0, limit).map(toSummary)
      if (rows.length > limit) return { items, ...writePlace(place, items.at(-1)!.id) }
      if (!isSearch(filter)) return { items, ...writePlace(place, null) }
      // A search examines at most searchRowsMax rows per page; the next page continues after the last of them.
      const [last] = await sql<{ id: string }[]>`
        select r.id from webhook_request r where ${inReach} order by r.id ${order} limit 1 offset ${limits.searchRowsMax - 1}`
      return { items, ...writePlace(place, last?.id ?? null) }
    },

    async get(userId: string, id: string): Promise<WebhookRequest> {
      const [row] = await sql<RequestRow[]>`
        select ${summaryColumns}, r.http_version, r.headers, r.verification_reason,
          substring(r.body for ${limits.displayBodyBytesMax}) as body, w.verification ->> 'provider' as provider
        from webhook_request r join webhook w on w.id = r.webhook_id and w.user_id = ${userId} ${summaryJoin}
        where r.id = ${id}`
      if (!row) throw new ApiError('request-not-found')
      return toRequest(row)
    },

    async summary(userId: string, id: string): Promise<RequestSummary> {
      const [row] = await sql<SummaryRow[]>`
        select ${summaryColumns} from webhook_request r
        join webhook w on w.id = r.webhook_id and w.user_id = ${userId} ${summaryJoin} where r.id = ${id}`
      if (!row) throw new ApiError('request-not-found')
      return toSummary(row)
    },

    async bodySize(userId: string, id: string): Promise<number> {
      const [row] = await sql<{ size: number }[]>`
        select r.size from webhook_request r join webhook w on w.id = r.webhook_id and w.user_id = ${userId}
        where r.id = ${id}`
      if (!row) throw new ApiError('request-not-found')
      return row.size
    },

    async body(userId: string, id: string): Promise<Buffer> {
      return (await owned.request(userId, id)).body
    },

    async remove(userId: string, id: string): Promise<void> {
      const { webhookId } = await owned.request(userId, id)
      await removeRows(webhookId, sql`r.id = ${id}::uuid`)
      tell(userId, { type: 'request.deleted', webhookId, requestId: id })
    },

    /** Deletes matching requests in small batches, so that locks are short. Skips newer ones. Returns the number. */
    async removeAll(userId: string, webhookId: string, filter: RequestFilter): Promise<number> {
      await owned.webhook(userId, webhookId)
      const [newest] = await sql<{ id: string }[]>`
        select id from webhook_request where webhook_id = ${webhookId} order by id desc limit 1`
      if (!newest) return 0
      const condition = sql`r.id <= ${newest.id}::uuid and ${requestConditions(sql, filter)}`
      let removed = 0
      for (;;) {
        const piece = await removeRows(webhookId, condition)
        removed += piece
        if (piece < removeAtOnce) break
      }
      if (removed > 0) tell(userId, { type: 'requests.cleared', webhookId })
      return removed
    },
  }

  async function removeRows(webhookId: string, condition: Fragment): Promise<number> {
    return sql.begin(async (tx) => {
      const rows = await tx<{ id: string; size: number }[]>`
        delete from webhook_request where id = any(array(
          select r.id from webhook_request r where r.webhook_id = ${webhookId} and ${condition}
          order by r.id desc limit ${removeAtOnce}))
        returning id, size`
      if (rows.length === 0) return 0
      const ids = rows.map(({ id }) => id)
      const gone = await tx<{ id: string }[]>`
        delete from delivery d using unnest(${ids}::uuid[]) as r(id) where ${deliveriesOf(sql)} returning d.id`
      await tx`delete from attempt where delivery_id = any(${gone.map(({ id }) => id)}::uuid[])`
      await tx`
        insert into webhook_delta (webhook_id, minute, expired, expired_bytes)
        values (${webhookId}, date_trunc('minute', now()), ${ids.length},
          ${rows.reduce((sum, { size }) => sum + size, 0)})`
      return ids.length
    })
  }
}

const removeAtOnce = 1000

export type RequestsService = ReturnType<typeof createRequestsService>
