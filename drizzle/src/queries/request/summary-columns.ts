import type { VerificationOutcome } from '@whook/shared'
import { deliveriesOf } from './request-conditions.js'
import type { Fragment, Sql } from '../../client.js'
import { openStatuses, skippedStatuses } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'

/** A stored request without headers and body, with the states of its deliveries and its last attempt. */
export interface RequestSummaryRow {
  id: string
  webhookId: string
  method: string
  path: string
  query: string
  contentType: string | null
  size: number
  event: string | null
  verification: VerificationOutcome
  refused: boolean
  remoteAddress: string
  duplicateOf: string | null
  replayOf: string | null
  receivedAt: Date
  total: number
  delivered: number
  waiting: number
  retrying: number
  failed: number
  recovered: number
  filtered: number
  lastStatusCode: number | null
  lastDurationMs: number | null
}

/** The columns of a RequestSummaryRow, for a query of `webhook_request r` with `summaryJoin`. */
export const summaryColumns = (
  sql: Sql,
): Fragment => sql`r.id, r.webhook_id as "webhookId", r.method, r.path, r.query,
  r.content_type as "contentType", r.size, r.event, r.verification, r.refused, r.remote_address as "remoteAddress",
  r.duplicate_of as "duplicateOf", r.replay_of as "replayOf", r.received_at as "receivedAt", s.total, s.delivered,
  s.waiting, s.retrying, s.failed, s.recovered, s.filtered, l.status_code as "lastStatusCode",
  l.duration_ms as "lastDurationMs"`

export const summaryJoin = (sql: Sql): Fragment => sql`left join lateral (
    select count(*)::int as total,
      count(*) filter (where d.status = 'delivered')::int as delivered,
      count(*) filter (where ${statusIn(sql, 'd.status', openStatuses)})::int as waiting,
      count(*) filter (where d.status = 'retrying')::int as retrying,
      count(*) filter (where d.status = 'dead')::int as failed,
      count(*) filter (where d.status = 'recovered')::int as recovered,
      count(*) filter (where ${statusIn(sql, 'd.status', skippedStatuses)})::int as filtered,
      array_agg(d.id) as delivery_ids
    from delivery d where ${deliveriesOf(sql)}) s on true
  left join lateral (
    select a.status_code, a.duration_ms from attempt a
    where a.delivery_id = any(s.delivery_ids)
      and a.delivery_id >= uuid_of_millisecond(r.id, 0) and a.delivery_id < uuid_of_millisecond(r.id, 1)
    order by a.started_at desc, a.number desc limit 1) l on true`
