import { limits, type RequestFilter } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { indexedConditions, isSearch, searchConditions } from './request-conditions.js'
import { withinMs } from '../../within-ms.js'
import { pageCondition, type RequestPlace } from './request-place.js'
import { summaryColumns, summaryJoin, type RequestSummaryRow } from './summary-columns.js'

interface RequestPage {
  webhookId: string
  place: RequestPlace
  filter: RequestFilter
  limit: number
}

/**
 * Returns a page of a webhook's requests, and the id after which the next page continues; null on the last page. A search
 * examines at most `limits.searchRowsMax` rows per page, and is cancelled (SQLSTATE 57014) after `limits.searchMsMax`.
 */
export async function listRequests(
  sql: Sql,
  { webhookId, place, filter, limit }: RequestPage,
): Promise<{ rows: RequestSummaryRow[]; next: string | null }> {
  const { condition: position, order } = pageCondition(sql, place, webhookId)
  const inReach: Fragment = sql`r.webhook_id = ${webhookId} and ${position} and ${indexedConditions(sql, filter)}`
  const found = isSearch(filter)
    ? sql`(select * from webhook_request r where ${inReach} order by r.id ${order} limit ${limits.searchRowsMax}) r
        where ${searchConditions(sql, filter)}`
    : sql`webhook_request r where ${inReach}`
  const read = (tx: Sql) => tx<RequestSummaryRow[]>`
    select ${summaryColumns(sql)} from (select * from ${found} order by r.id ${order} limit ${limit + 1}) r
    ${summaryJoin(sql)} order by r.id ${order}`
  const rows = await (isSearch(filter) ? withinMs(sql, limits.searchMsMax, read) : read(sql))
  const page = rows.slice(0, limit)
  if (rows.length > limit) return { rows: page, next: page.at(-1)!.id }
  if (!isSearch(filter)) return { rows: page, next: null }
  const [last] = await sql<{ id: string }[]>`
    select r.id from webhook_request r where ${inReach} order by r.id ${order} limit 1 offset ${limits.searchRowsMax - 1}`
  return { rows: page, next: last?.id ?? null }
}
