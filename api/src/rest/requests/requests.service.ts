import type { Db, Fragment, Sql } from '@whook/drizzle'
import {
  ApiError,
  limits,
  type ListRequestsQuery,
  type LiveMessage,
  type Page,
  type RequestFilter,
  type RequestSummary,
  type WebhookRequest,
} from '@whook/shared'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'
import { createOwned } from '../owned.js'
import {
  deliveriesOf,
  floorOf,
  indexedConditions,
  isSearch,
  requestConditions,
  searchConditions,
} from '@whook/drizzle/conditions/request-conditions'
import { toRequest, toSummary, type RequestRow, type SummaryRow } from './to-request.js'

interface Deps {
  db: Db
  sql: Sql
  tell: (userId: string, message: LiveMessage) => void
}

/** Batches of different api processes commit out of order: a refill looks back this far, and the browser drops twins. */
const refillOverlap = '30 seconds'

export function createRequestsService({ db, sql, tell }: Deps) {
  const owned = createOwned(db)

  const summaryColumns = sql`r.id, r.webhook_id, r.method, r.path, r.query, r.content_type, r.size, r.event,
    r.verification, r.refused, r.remote_address, r.duplicate_of, r.replay_of, r.received_at, s.*`
  const summaryJoin = sql`left join lateral (
    select count(*)::int as total,
      count(*) filter (where d.status = 'delivered')::int as delivered,
      count(*) filter (where d.status in ('pending', 'held', 'delivering', 'retrying'))::int as waiting,
      count(*) filter (where d.status = 'retrying')::int as retrying,
      count(*) filter (where d.status = 'dead')::int as failed,
      count(*) filter (where d.status in ('filtered', 'cancelled'))::int as filtered,
      (array_agg(d.last_status_code order by d.last_status_code desc nulls last))[1] as last_status_code,
      max(d.last_duration_ms) as last_duration_ms
    from delivery d where ${deliveriesOf(sql)}) s on true`

  return {
    async list(userId: string, webhookId: string, query: ListRequestsQuery): Promise<Page<RequestSummary>> {
      await owned.webhook(userId, webhookId)
      const { limit = limits.pageDefault, cursor, since, ...filter } = query
      const key = decodeCursor('requests', cursor, [uuidPattern])
      const position = since
        ? sql`r.id > ${key?.[0] ?? floorOf(sql, sql`uuid_time(${since}::uuid) - ${refillOverlap}::interval`)}`
        : key
          ? sql`r.id < ${key[0]!}::uuid`
          : sql`true`
      const order = since ? sql`asc` : sql`desc`
      const inReach = sql`r.webhook_id = ${webhookId} and ${position} and ${indexedConditions(sql, filter)}`
      const found = isSearch(filter)
        ? sql`(select * from webhook_request r where ${inReach} order by r.id ${order} limit ${limits.searchRowsMax}) r
            where ${searchConditions(sql, filter)}`
        : sql`webhook_request r where ${inReach}`
      const rows = await sql<SummaryRow[]>`
        select ${summaryColumns} from (select * from ${found} order by r.id ${order} limit ${limit + 1}) r
        ${summaryJoin} order by r.id ${order}`
      const page = toPage(rows, limit, toSummary, (row) => encodeCursor('requests', [row.id]))
      if (page.nextCursor !== null || !isSearch(filter)) return page
      // A search looks through so many rows a page; where there are more, the next page goes on after the last of them.
      const [last] = await sql<{ id: string }[]>`
        select r.id from webhook_request r where ${inReach} order by r.id ${order} limit 1 offset ${limits.searchRowsMax - 1}`
      return { ...page, nextCursor: last ? encodeCursor('requests', [last.id]) : null }
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

    async body(userId: string, id: string): Promise<Buffer> {
      return (await owned.request(userId, id)).body
    },

    async remove(userId: string, id: string): Promise<void> {
      const { webhookId } = await owned.request(userId, id)
      await removeRows(webhookId, sql`r.id = ${id}::uuid`)
      tell(userId, { type: 'request.deleted', webhookId, requestId: id })
    },

    /** Removes what matches, in pieces that never hold locks for long; not what comes meanwhile. Answers how many. */
    async removeAll(userId: string, webhookId: string, filter: RequestFilter): Promise<number> {
      await owned.webhook(userId, webhookId)
      const [newest] = await sql<{ id: string }[]>`
        select id from webhook_request where webhook_id = ${webhookId} order by id desc limit 1`
      if (!newest) return 0
      const asked = sql`r.id <= ${newest.id}::uuid and ${requestConditions(sql, filter)}`
      let removed = 0
      for (;;) {
        const piece = await removeRows(webhookId, asked)
        removed += piece
        if (piece < removeAtOnce) break
      }
      if (removed > 0) tell(userId, { type: 'requests.cleared', webhookId })
      return removed
    },
  }

  async function removeRows(webhookId: string, condition: Fragment): Promise<number> {
    return sql.begin(async (tx) => {
      const rows = await tx<{ id: string }[]>`
        delete from webhook_request where id = any(array(
          select r.id from webhook_request r where r.webhook_id = ${webhookId} and ${condition}
          order by r.id desc limit ${removeAtOnce}))
        returning id`
      if (rows.length === 0) return 0
      const ids = rows.map(({ id }) => id)
      const gone = await tx<{ id: string }[]>`
        delete from delivery d using unnest(${ids}::uuid[]) as r(id) where ${deliveriesOf(sql)} returning d.id`
      await tx`delete from attempt where delivery_id = any(${gone.map(({ id }) => id)}::uuid[])`
      await tx`
        insert into webhook_delta (webhook_id, minute, expired)
        values (${webhookId}, date_trunc('minute', now()), ${ids.length})`
      return ids.length
    })
  }
}

const removeAtOnce = 1000

export type RequestsService = ReturnType<typeof createRequestsService>
