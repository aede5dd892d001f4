import type {
  AttemptOutcome,
  DeliveryFilter,
  DeliveryStatus,
  DestinationLimits,
  FilterFailure,
  HeldFor,
  WebhookStatus,
} from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { scopedTo } from '../scoped-to.js'
import { newestDeliveries } from './newest-deliveries.js'

/** A delivery with the columns of its webhook and destination that determine why it waits. */
export interface DeliveryRow {
  id: string
  requestId: string
  webhookId: string
  destinationId: string
  status: DeliveryStatus
  attempts: number
  nextAttemptAt: Date | null
  heldFor: HeldFor | null
  lastStatusCode: number | null
  lastDurationMs: number | null
  lastOutcome: AttemptOutcome | null
  reason: string | null
  filterFailure: FilterFailure | null
  replayId: string | null
  replayOf: string | null
  recoveredBy: string | null
  createdAt: Date
  finishedAt: Date | null
  webhookStatus: WebhookStatus
  /** null after the destination was deleted, like the next five. */
  destinationName: string | null
  destinationUrl: string | null
  destinationEnabled: boolean | null
  destinationLimits: DestinationLimits | null
  circuit: 'closed' | 'open' | 'half-open' | null
  rateTokens: number | null
  circuitOpenUntil: Date | null
  rateAt: Date | null
  /** The database's clock. */
  readAt: Date
}

/** The last delivery of the previous page: its time of creation (RFC 3339) and id. */
export interface DeliveryPlace {
  createdAt: string
  id: string
}

const columns = (sql: Sql): Fragment => sql`d.id, d.request_id as "requestId", d.webhook_id as "webhookId",
  d.destination_id as "destinationId", d.status, d.attempts, d.next_attempt_at as "nextAttemptAt",
  d.held_for as "heldFor", d.last_status_code as "lastStatusCode", d.last_duration_ms as "lastDurationMs",
  d.last_outcome as "lastOutcome", d.reason, d.filter_failure as "filterFailure", d.replay_id as "replayId",
  d.replay_of as "replayOf", d.recovered_by as "recoveredBy", d.created_at as "createdAt",
  d.finished_at as "finishedAt", w.status as "webhookStatus", t.name as "destinationName", t.url as "destinationUrl",
  t.enabled as "destinationEnabled", t.limits as "destinationLimits", s.circuit,
  s.circuit_open_until as "circuitOpenUntil", s.rate_tokens as "rateTokens", s.rate_at as "rateAt",
  clock_timestamp() as "readAt"`

const joins = (sql: Sql): Fragment => sql`left join destination t on t.id = d.destination_id
  left join destination_state s on s.destination_id = d.destination_id`

const below = (sql: Sql, place: DeliveryPlace | undefined): Fragment =>
  place ? sql`(d.created_at, d.id) < (${place.createdAt}::timestamptz, ${place.id}::uuid)` : sql`true`

export async function readDelivery(
  sql: Sql,
  { userId, id }: { userId: string; id: string },
): Promise<DeliveryRow | undefined> {
  const [row] = await sql<DeliveryRow[]>`
    select ${columns(sql)} from delivery d join webhook w on w.id = d.webhook_id and ${scopedTo(userId).in(sql, 'w')}
    ${joins(sql)} where d.id = ${id}`
  return row
}

/** Returns deliveries in no particular order, without those of other users. */
export const readDeliveries = (sql: Sql, { userId, ids }: { userId: string; ids: string[] }) => sql<
  DeliveryRow[]
>`
  select ${columns(sql)} from delivery d join webhook w on w.id = d.webhook_id and ${scopedTo(userId).in(sql, 'w')}
  ${joins(sql)} where d.id = any(${ids}::uuid[])`

interface DeliveryPage {
  userId: string
  filter: DeliveryFilter
  before?: DeliveryPlace
  limit: number
}

/** Returns a page of the user's deliveries, newest first. */
export function listDeliveries(sql: Sql, { userId, filter, before, limit }: DeliveryPage) {
  const newest = newestDeliveries(sql, { userId, filter, position: below(sql, before), limit })
  return sql<DeliveryRow[]>`
    select ${columns(sql)} from (${newest}) d
    join webhook w on w.id = d.webhook_id ${joins(sql)} order by d.created_at desc, d.id desc`
}

interface RequestDeliveryPage {
  /** The caller has found it as one of the user. */
  requestId: string
  before?: DeliveryPlace
  limit: number
}

/** Returns a page of a request's deliveries, newest first. */
export const listOfRequest = (sql: Sql, { requestId, before, limit }: RequestDeliveryPage) => sql<
  DeliveryRow[]
>`
  select ${columns(sql)} from delivery d join webhook w on w.id = d.webhook_id ${joins(sql)}
  where d.request_id = ${requestId} and d.id >= uuid_of_millisecond(${requestId}::uuid, 0)
    and d.id < uuid_of_millisecond(${requestId}::uuid, 1) and ${below(sql, before)}
  order by d.created_at desc, d.id desc limit ${limit}`
