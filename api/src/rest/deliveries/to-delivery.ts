import type { AttemptRow } from '@whook/drizzle/queries/attempt/list-attempts'
import type { DeliveryRow } from '@whook/drizzle/queries/delivery/read-deliveries'
import type { Attempt, Delivery } from '@whook/shared'
import { toBody } from '../requests/to-request.js'
import { waitingFor } from './waiting-for.js'

/** Maps a row to the API shape. `busy`: destinations at their concurrency limit; see findBusy. */
export const toDelivery = (row: DeliveryRow, busy: ReadonlySet<string>): Delivery => ({
  id: row.id,
  requestId: row.requestId,
  webhookId: row.webhookId,
  destinationId: row.destinationId,
  destinationName: row.destinationName ?? 'deleted destination',
  destinationUrl: row.destinationUrl ?? '',
  status: row.status,
  attemptCount: row.attempts,
  // Infinity while the delivery is held for verification.
  nextAttemptAt: row.heldFor ? null : (row.nextAttemptAt?.toISOString() ?? null),
  waiting: waitingFor(row, busy),
  lastStatusCode: row.lastStatusCode,
  lastDurationMs: row.lastDurationMs,
  lastOutcome: row.lastOutcome,
  reason: row.reason,
  filterFailure: row.filterFailure,
  replayId: row.replayId,
  replayOf: row.replayOf,
  recoveredBy: row.recoveredBy,
  createdAt: row.createdAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
})

export const toAttempt = (row: AttemptRow): Attempt => ({
  deliveryId: row.deliveryId,
  number: row.number,
  startedAt: row.startedAt.toISOString(),
  durationMs: row.durationMs,
  outcome: row.outcome,
  statusCode: row.statusCode,
  error: row.error,
  requestUrl: row.requestUrl,
  requestMethod: row.requestMethod,
  requestHeaders: row.requestHeaders,
  requestBodySize: row.requestBodySize,
  responseHeaders: row.responseHeaders,
  responseBody: row.responseBody && toBody(row.responseBody, row.responseBodySize),
  console: row.console,
})
