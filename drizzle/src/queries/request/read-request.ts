import { limits } from '@whook/shared'
import type { Sql } from '../../client.js'
import { scopedTo } from '../scoped-to.js'
import { summaryColumns, summaryJoin, type RequestSummaryRow } from './summary-columns.js'

interface OwnedRequest {
  userId: string
  id: string
}

/** A stored request with headers, and with its body up to `limits.displayBodyBytesMax`. */
export interface RequestRow extends RequestSummaryRow {
  httpVersion: string
  /** Packed: see runtime/src/raw-headers. */
  headers: Buffer
  body: Buffer
  verificationReason: string | null
  provider: string | null
}

export async function readRequest(sql: Sql, { userId, id }: OwnedRequest): Promise<RequestRow | undefined> {
  const [row] = await sql<RequestRow[]>`
    select ${summaryColumns(sql)}, r.http_version as "httpVersion", r.headers,
      r.verification_reason as "verificationReason", substring(r.body for ${limits.displayBodyBytesMax}) as body,
      w.verification ->> 'provider' as provider
    from webhook_request r join webhook w on w.id = r.webhook_id and ${scopedTo(userId).in(sql, 'w')}
    ${summaryJoin(sql)} where r.id = ${id}`
  return row
}

export async function readSummary(
  sql: Sql,
  { userId, id }: OwnedRequest,
): Promise<RequestSummaryRow | undefined> {
  const [row] = await sql<RequestSummaryRow[]>`
    select ${summaryColumns(sql)} from webhook_request r
    join webhook w on w.id = r.webhook_id and ${scopedTo(userId).in(sql, 'w')} ${summaryJoin(sql)} where r.id = ${id}`
  return row
}

/** Returns the bytes of the body without reading it. */
export async function readBodySize(sql: Sql, { userId, id }: OwnedRequest): Promise<number | undefined> {
  const [row] = await sql<{ size: number }[]>`
    select r.size from webhook_request r join webhook w on w.id = r.webhook_id and ${scopedTo(userId).in(sql, 'w')}
    where r.id = ${id}`
  return row?.size
}
