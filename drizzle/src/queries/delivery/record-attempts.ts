import type { AttemptOutcome, ConsoleLine, DeliveryStatus, FilterFailure, HeaderPairs } from '@whook/shared'
import { arrayText, jsonSeparator, jsonsText } from '../../array-text.js'
import type { Sql } from '../../client.js'
import { foldHealth, type DestinationHealthChange } from '../destination-state/fold-health.js'
import { liveColumns, type DeliveryChange } from './live-columns.js'

/**
 * Result of an attempt, ready to insert. Text must not contain NUL or lone surrogates: see storableText in
 * runtime/src/storable.
 */
export interface AttemptRecord {
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

export interface DeliveryResult {
  id: string
  destinationId: string
  /** Attempts recorded before this one: the fence beside the lease token. */
  attempts: number
  crashes: number
  status: Extract<DeliveryStatus, 'delivered' | 'retrying' | 'dead' | 'filtered'>
  /** Milliseconds until the next attempt. Set only when `retrying`. */
  delayMs: number | null
  reason: string | null
  filterFailure: FilterFailure | null
  /** null when no attempt was made (filtered). */
  attempt: AttemptRecord | null
  /** Whether the destination counts as available; null when no request was sent. */
  health: 'up' | 'down' | null
  orderingValue: string | null
}

export interface CircuitChange {
  destinationId: string
  webhookId: string
  userId: string
  circuit: 'closed' | 'open' | 'half-open'
}

/**
 * Consecutive failures that open a circuit, and seconds it stays open. The time doubles with each opening, up to the
 * maximum.
 */
export const circuitRules = { failuresToOpen: 10, openSeconds: 10, openSecondsMax: 300 } as const

/**
 * Records the results of many attempts in one atomic statement: inserts attempts, and updates deliveries, minute
 * counts and circuits. A result whose lease is no longer held by `token` changes no delivery and adds no attempt.
 * `recovered` are dead deliveries that a replay among the results delivered.
 */
export async function recordAttempts(sql: Sql, token: string, results: DeliveryResult[]) {
  if (results.length === 0) return { moved: [], recovered: [], circuits: [] }
  const ids = results.map((result) => result.id).sort()
  const health = JSON.stringify(foldHealth(results).map(toHealthRow))
  const rows = await sql<(DeliveryChange & { recovered: boolean; circuits: CircuitChange[] | null })[]>`
    with result as materialized (
      select * from unnest(${column(results, 'id')}::uuid[], ${column(results, 'attempts')}::int[],
          ${column(results, 'crashes')}::int[], ${column(results, 'status')}::text[],
          ${column(results, 'delayMs')}::float8[], ${column(results, 'reason')}::text[],
          string_to_array(${jsonsText(results.map(({ filterFailure }) => filterFailure))}, ${jsonSeparator}, ''),
          ${arrayText(results.map(({ attempt }) => attempt?.startedAt.getTime() ?? null))}::float8[],
          ${tried(results, 'durationMs')}::int[], ${tried(results, 'outcome')}::text[],
          ${tried(results, 'statusCode')}::int[], ${tried(results, 'error')}::text[],
          ${tried(results, 'requestUrl')}::text[], ${tried(results, 'requestMethod')}::text[],
          string_to_array(${triedJson(results, 'requestHeaders')}, ${jsonSeparator}, ''),
          ${tried(results, 'requestBodySize')}::int[],
          string_to_array(${triedJson(results, 'responseHeaders')}, ${jsonSeparator}, ''),
          ${arrayText(results.map(({ attempt }) => attempt?.responseBody?.toString('base64') ?? null))}::text[],
          ${tried(results, 'responseBodySize')}::int[],
          string_to_array(${triedJson(results, 'console')}, ${jsonSeparator}, ''))
        as r (id, attempts, crashes, status, delay_ms, reason, filter_failure, started_ms, duration_ms, outcome,
          status_code, error, request_url, request_method, request_headers, request_body_size, response_headers,
          response_body, response_body_size, console)
    ), moved as (
      update delivery d set
        status = r.status, crashes = r.crashes, reason = r.reason, filter_failure = r.filter_failure::jsonb,
        attempts = d.attempts + (r.outcome is not null)::int,
        next_attempt_at = clock_timestamp() + make_interval(secs => r.delay_ms / 1000),
        lease_token = null, lease_until = null,
        last_outcome = coalesce(r.outcome, d.last_outcome),
        last_status_code = case when r.outcome is null then d.last_status_code else r.status_code end,
        last_duration_ms = coalesce(r.duration_ms, d.last_duration_ms),
        finished_at = case when r.status <> 'retrying' then clock_timestamp() end
      from result r
      where d.id = r.id and d.id = any(${ids}::uuid[]) and d.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
        and d.status = 'delivering' and d.lease_token = ${token}::uuid and d.attempts = r.attempts
      returning ${liveColumns(sql, 'd')}, d.replay_of
    ), repaired as materialized (
      select id, "requestId" as request_id, "destinationId" as destination_id from moved
      where status = 'delivered' and replay_of is not null
    ), recovered as (
      -- The replay delivered the request of the dead delivery. The bounds exclude other partitions from the plan.
      update delivery d set status = 'recovered', recovered_by = p.id, reason = 'Delivered by a replay'
      from repaired p
      where d.request_id = p.request_id and d.destination_id = p.destination_id and d.status = 'dead'
        and d.id >= uuid_of_millisecond(p.request_id, 0) and d.id < uuid_of_millisecond(p.request_id, 1)
        and d.id between uuid_of_millisecond(${ids[0]!}::uuid, 0) and uuid_of_millisecond(${ids.at(-1)!}::uuid, 1)
      returning ${liveColumns(sql, 'd')}, d.replay_of
    ), logged as (
      insert into attempt (delivery_id, number, started_at, duration_ms, outcome, status_code, error, request_url,
        request_method, request_headers, request_body_size, response_headers, response_body, response_body_size, console)
      select r.id, r.attempts + 1, to_timestamp(r.started_ms / 1000), r.duration_ms, r.outcome, r.status_code, r.error,
        r.request_url, r.request_method, r.request_headers::jsonb, r.request_body_size, r.response_headers::jsonb,
        decode(r.response_body, 'base64'), r.response_body_size, r.console::jsonb
      from result r join moved on moved.id = r.id
      where r.outcome is not null
    ), health as materialized (
      select * from json_to_recordset(${health}::text::json) as h (
        destination_id uuid, up boolean, failures int, delivered int, failed int, latency int[], last_status_code int,
        last_error text)
    ), locked as materialized (
      -- Claims of a queue wait for this lock, so a result that only changes the time takes it once a second.
      select s.* from destination_state s join health h using (destination_id)
      where h.failed > 0 or s.consecutive_failures > 0 or s.circuit <> 'closed'
        or s.last_status_code is distinct from h.last_status_code or s.last_success_at is null
        or s.last_success_at < clock_timestamp() - interval '1 second'
      order by s.destination_id for update of s
    ), turned as (
      update destination_state s set
        circuit = n.circuit,
        circuit_openings = case when n.circuit = 'closed' then 0 when n.opens then l.circuit_openings + 1
                           else l.circuit_openings end,
        circuit_open_until = case when n.opens then clock_timestamp() + make_interval(secs =>
          least(${circuitRules.openSecondsMax}, ${circuitRules.openSeconds} * 2 ^ least(l.circuit_openings, 10))::float8)
          when n.circuit = 'closed' then null else l.circuit_open_until end,
        consecutive_failures = n.failures,
        last_success_at = case when h.delivered > 0 then clock_timestamp() else l.last_success_at end,
        last_failure_at = case when h.failed > 0 then clock_timestamp() else l.last_failure_at end,
        last_status_code = coalesce(h.last_status_code, l.last_status_code),
        last_error = coalesce(h.last_error, l.last_error)
      from locked l join health h using (destination_id)
        cross join lateral (
          select case when h.up then h.failures else l.consecutive_failures + h.failures end as failures) f
        cross join lateral (
          select f.failures, f.failures > 0 and (
              (l.circuit = 'half-open' and not h.up)
              or (l.circuit <> 'open' and f.failures >= ${circuitRules.failuresToOpen}::int)) as opens) o
        cross join lateral (
          select o.*, case when o.opens then 'open' when h.up then 'closed' else l.circuit end as circuit) n
      where s.destination_id = l.destination_id
      returning s.destination_id, s.circuit, l.circuit as circuit_before
    ), counted as (
      insert into destination_minute (destination_id, minute, delivered, failed, latency)
      select destination_id, date_trunc('minute', clock_timestamp()), h.delivered, h.failed, h.latency
      from health h where h.delivered + h.failed > 0
        and exists (select from destination d where d.id = h.destination_id)
      order by destination_id
      on conflict (destination_id, minute) do update set
        delivered = destination_minute.delivered + excluded.delivered,
        failed = destination_minute.failed + excluded.failed,
        latency = add_buckets(destination_minute.latency, excluded.latency)
    )
    select changed.*, (
      select json_agg(json_build_object('destinationId', t.destination_id, 'webhookId', w.id, 'userId', w.user_id,
        'circuit', t.circuit))
      from turned t join destination d on d.id = t.destination_id join webhook w on w.id = d.webhook_id
      where t.circuit <> t.circuit_before) as circuits
    from (values (1)) as one left join (
      select moved.*, false as recovered from moved union all select recovered.*, true from recovered) changed on true`
  const changed = rows.filter(({ id }) => id !== null)
  const moved: DeliveryChange[] = changed.filter((row) => !row.recovered)
  const recovered: DeliveryChange[] = changed.filter((row) => row.recovered)
  return { moved, recovered, circuits: rows[0]?.circuits ?? [] }
}

/** Columns instead of rows of JSON: PostgreSQL parses them in a tenth of the time. */
const column = (
  results: DeliveryResult[],
  name: 'id' | 'attempts' | 'crashes' | 'status' | 'delayMs' | 'reason',
) => arrayText(results.map((result) => result[name]))
const tried = (
  results: DeliveryResult[],
  name: Exclude<keyof AttemptRecord, JsonColumn | 'startedAt' | 'responseBody'>,
) => arrayText(results.map(({ attempt }) => attempt?.[name] ?? null))
type JsonColumn = 'requestHeaders' | 'responseHeaders' | 'console'
const triedJson = (results: DeliveryResult[], name: JsonColumn) =>
  jsonsText(results.map(({ attempt }) => attempt?.[name]))

const toHealthRow = (change: DestinationHealthChange) => ({
  destination_id: change.destinationId,
  up: change.up,
  failures: change.failures,
  delivered: change.delivered,
  failed: change.failed,
  latency: change.latency,
  last_status_code: change.lastStatusCode,
  last_error: change.lastError,
})
