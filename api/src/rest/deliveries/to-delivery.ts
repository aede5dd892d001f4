import type {
  Attempt,
  AttemptOutcome,
  ConsoleLine,
  Delivery,
  FilterFailure,
  HeaderPairs,
} from '@whook/shared'
import { waitingFor, type WaitingRow } from './waiting-for.js'
import { toBody } from '../requests/to-request.js'

export interface DeliveryRow extends WaitingRow {
  id: string
  request_id: string
  webhook_id: string
  destination_name: string | null
  destination_url: string | null
  attempts: number
  last_status_code: number | null
  last_duration_ms: number | null
  last_outcome: AttemptOutcome | null
  reason: string | null
  filter_failure: FilterFailure | null
  replay_id: string | null
  replay_of: string | null
  recovered_by: string | null
  created_at: Date
  finished_at: Date | null
}

/** Maps a row to the API shape. `busy`: destinations at their concurrency limit; see busyDestinations. */
export const toDelivery = (row: DeliveryRow, busy: ReadonlySet<string>): Delivery => ({
  id: row.id,
  requestId: row.request_id,
  webhookId: row.webhook_id,
  destinationId: row.destination_id,
  destinationName: row.destination_name ?? 'deleted destination',
  destinationUrl: row.destination_url ?? '',
  status: row.status,
  attemptCount: row.attempts,
  // Infinity while the delivery is held for verification.
  nextAttemptAt: row.held_for ? null : (row.next_attempt_at?.toISOString() ?? null),
  waiting: waitingFor(row, busy),
  lastStatusCode: row.last_status_code,
  lastDurationMs: row.last_duration_ms,
  lastOutcome: row.last_outcome,
  reason: row.reason,
  filterFailure: row.filter_failure,
  replayId: row.replay_id,
  replayOf: row.replay_of,
  recoveredBy: row.recovered_by,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
})

export interface AttemptRow {
  delivery_id: string
  number: number
  started_at: Date
  duration_ms: number
  outcome: AttemptOutcome
  status_code: number | null
  error: string | null
  request_url: string
  request_method: string
  request_headers: HeaderPairs
  request_body_size: number
  response_headers: HeaderPairs
  response_body: Buffer | null
  response_body_size: number
  console: ConsoleLine[]
}

export const toAttempt = (row: AttemptRow): Attempt => ({
  deliveryId: row.delivery_id,
  number: row.number,
  startedAt: row.started_at.toISOString(),
  durationMs: row.duration_ms,
  outcome: row.outcome,
  statusCode: row.status_code,
  error: row.error,
  requestUrl: row.request_url,
  requestMethod: row.request_method,
  requestHeaders: row.request_headers,
  requestBodySize: row.request_body_size,
  responseHeaders: row.response_headers,
  responseBody: row.response_body && toBody(row.response_body, row.response_body_size),
  console: row.console,
})
