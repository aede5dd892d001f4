import type { VerificationOutcome } from '@whook/shared'
import type { Sql } from '../../client.js'

/** A stored request with the columns that the worker sends. */
export interface RequestToSend {
  id: string
  webhookId: string
  method: string
  path: string
  query: string
  verification: VerificationOutcome
  /** Packed: see runtime/src/raw-headers. */
  headers: Buffer
  /** null when larger than `bodyBytesMax`: use `loadBody`. */
  body: Buffer | null
  size: number
  receivedAt: Date
}

/** Loads several requests. Bodies over `bodyBytesMax` are omitted, so that one batch cannot exhaust the memory. */
export const loadRequests = (sql: Sql, ids: string[], bodyBytesMax: number) => {
  const sorted = ids.toSorted()
  return sql<RequestToSend[]>`
    select id, webhook_id as "webhookId", method, path, query, verification, headers, size, received_at as "receivedAt",
      case when size <= ${bodyBytesMax}::int then body end as body
    from webhook_request
    where id = any(${sorted}::uuid[]) and id between ${sorted[0]!}::uuid and ${sorted.at(-1)!}::uuid`
}

export async function loadBody(sql: Sql, id: string): Promise<Buffer | undefined> {
  const [row] = await sql<{ body: Buffer }[]>`select body from webhook_request where id = ${id}::uuid`
  return row?.body
}
