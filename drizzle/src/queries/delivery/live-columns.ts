import type { LiveDelivery } from '@whook/shared'
import type { Sql } from '../../client.js'

/**
 * A changed delivery with the columns of its list row, and the user that receives the live message. Times are RFC
 * 3339.
 */
export type DeliveryChange = LiveDelivery & { userId: string; orderingValue: string | null }

export const toLiveDelivery = (change: DeliveryChange): LiveDelivery => ({
  id: change.id,
  requestId: change.requestId,
  webhookId: change.webhookId,
  destinationId: change.destinationId,
  status: change.status,
  attemptCount: change.attemptCount,
  nextAttemptAt: change.nextAttemptAt,
  lastStatusCode: change.lastStatusCode,
  lastDurationMs: change.lastDurationMs,
  lastOutcome: change.lastOutcome,
  reason: change.reason,
  createdAt: change.createdAt,
})

/** The columns of a DeliveryChange, for RETURNING in every statement that changes a delivery. */
export const liveColumns = (sql: Sql, table: 'd') => sql.unsafe(liveColumnsText(table))

/** Formats a time. Returns null for infinity, the time of a delivery that verification holds. */
const iso = (column: string) =>
  `case when isfinite(${column}) then to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') end`

const liveColumnsText = (
  t: string,
) => `${t}.id, ${t}.request_id as "requestId", ${t}.webhook_id as "webhookId",
  ${t}.destination_id as "destinationId", ${t}.status, ${t}.attempts as "attemptCount",
  ${iso(`${t}.next_attempt_at`)} as "nextAttemptAt", ${t}.last_status_code as "lastStatusCode",
  ${t}.last_duration_ms as "lastDurationMs", ${t}.last_outcome as "lastOutcome", ${t}.reason,
  ${iso(`${t}.created_at`)} as "createdAt", ${t}.ordering_value as "orderingValue",
  (select webhook.user_id from webhook where webhook.id = ${t}.webhook_id) as "userId"`
