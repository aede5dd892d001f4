import type { AttemptOutcome, ConsoleLine, HeaderPairs } from '@whook/shared'
import type { Sql } from '../../client.js'

export interface AttemptRow {
  deliveryId: string
  number: number
  startedAt: Date
  durationMs: number
  outcome: AttemptOutcome
  statusCode: number | null
  error: string | null
  requestUrl: string
  requestMethod: string
  requestHeaders: HeaderPairs
  requestBodySize: number
  responseHeaders: HeaderPairs
  responseBody: Buffer | null
  responseBodySize: number
  console: ConsoleLine[]
}

/** Returns the attempts of a delivery, oldest first. */
export const listAttempts = (sql: Sql, deliveryId: string) => sql<AttemptRow[]>`
  select delivery_id as "deliveryId", number, started_at as "startedAt", duration_ms as "durationMs", outcome,
    status_code as "statusCode", error, request_url as "requestUrl", request_method as "requestMethod",
    request_headers as "requestHeaders", request_body_size as "requestBodySize", response_headers as "responseHeaders",
    response_body as "responseBody", response_body_size as "responseBodySize", console
  from attempt where delivery_id = ${deliveryId} order by number`
