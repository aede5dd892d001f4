import type { Sql } from '@whook/drizzle'
import { isFinal } from '@whook/drizzle/queries/delivery/delivery-transitions'
import { readLedger } from '@whook/drizzle/queries/ledger/read-ledger'
import { verifyLedger } from '@whook/drizzle/queries/ledger/verify-ledger'
import { stopMsMax } from '@whook/runtime/lifetime/run-process'
import type { DeliveryStatus } from '@whook/shared'
import { timeSpent } from '@whook/shared/delivery-policy/decide'
import { retry } from './add-destinations.js'
import type { SenderLog } from './sender.js'
import type { SinkEntry } from './sink.js'

export interface Verdict {
  id: string
  promise: string
  violations: string[]
  /** Number of violations in a run that does not promise this. */
  measured?: number
}

export interface Evidence {
  sql: Sql
  webhookId: string
  sender: SenderLog
  sink: Record<'healthy' | 'flaky' | 'ordered', SinkEntry[]>
  /** Arrival times of each delivery at the flaky destination. */
  tries: Map<string, number[]>
  destinations: Record<'healthy' | 'flaky' | 'ordered', string>
  /** Deliveries with the status delivered during the run. */
  onceDelivered: ReadonlySet<string>
  /** Whether this run promises order per key: docs/decisions/order-needs-the-database-first.md. */
  ordered: boolean
  /** Whether no fault can cause two concurrent attempts of a delivery: no freeze, no broken connection. */
  singly: boolean
  /** Requests that only the flushed queue contained: only these may be lost. */
  held: ReadonlySet<string>
  /** Number of faults that can prevent a worker from recording its attempts in flight. */
  harms: number
  /** Maximum attempts in flight of all workers together. */
  inFlightMax: number
  stopsMs: number[]
  rssMegabytes: Map<string, number>
}

/** Compares client log, sink log and database. Returns the verdict on each promise. */
export async function checkInvariants(evidence: Evidence): Promise<Verdict[]> {
  const stored = await storedNonces(evidence)
  return [
    everyAcknowledgedIsStored(evidence, stored),
    nothingIsStoredTwice(stored),
    await everyDeliveryEnds(evidence),
    duplicatesCarryOneId(evidence),
    await duplicatesAreBounded(evidence),
    await nothingGoesBackwards(evidence),
    memoryIsBounded(evidence),
    retriesKeepTheirTime(evidence),
    await nobodyIsGivenUp(evidence),
    lanesKeepTheirOrder(evidence),
    stopsAreQuick(evidence),
    await ledgerBalances(evidence),
  ]
}

async function storedNonces({ sql, webhookId }: Evidence) {
  const rows = await sql<{ nonce: string; times: number }[]>`
    select convert_from(body, 'UTF8')::json ->> 'nonce' as nonce, count(*)::int as times
    from webhook_request where webhook_id = ${webhookId} group by 1`
  return new Map(rows.map(({ nonce, times }) => [nonce, times]))
}

function everyAcknowledgedIsStored({ sender, held }: Evidence, stored: Map<string, number>): Verdict {
  const lost = [...sender.acknowledged.keys()].filter((nonce) => !stored.has(nonce) && !held.has(nonce))
  const but = held.size > 0 ? ', except requests in a flushed queue' : ''
  return { id: 'R1', promise: `every request answered 202 is stored${but}`, violations: lost }
}

function nothingIsStoredTwice(stored: Map<string, number>): Verdict {
  const twice = [...stored].filter(([, times]) => times > 1).map(([nonce, times]) => `${nonce} x ${times}`)
  return { id: 'R2', promise: 'one row per request, never two', violations: twice }
}

async function everyDeliveryEnds({ sql, webhookId, sink, destinations }: Evidence): Promise<Verdict> {
  const violations: string[] = []
  for (const [name, destinationId] of Object.entries(destinations)) {
    const arrived = new Set(sink[name as keyof typeof sink].map(({ nonce }) => nonce))
    const rows = await sql<{ nonce: string; status: DeliveryStatus | null }[]>`
      select convert_from(r.body, 'UTF8')::json ->> 'nonce' as nonce, d.status
      from webhook_request r left join delivery d on d.request_id = r.id and d.destination_id = ${destinationId}
      where r.webhook_id = ${webhookId}`
    for (const { nonce, status } of rows) {
      const ended = status !== null && isFinal(status)
      if (!ended || (status === 'delivered' && !arrived.has(nonce)))
        violations.push(`${name} ${nonce}: ${status}`)
    }
  }
  return { id: 'R3', promise: 'every delivery arrived or ended in a visible final state', violations }
}

function duplicatesCarryOneId({ sink }: Evidence): Verdict {
  const violations: string[] = []
  for (const [name, entries] of Object.entries(sink)) {
    const ids = new Map<string, string>()
    for (const { nonce, deliveryId } of entries) {
      const first = ids.get(nonce) ?? deliveryId
      ids.set(nonce, first)
      if (first !== deliveryId) violations.push(`${name} ${nonce}: ${first} and ${deliveryId}`)
    }
  }
  return { id: 'R4', promise: 'a request that arrives twice carries one webhook-id', violations }
}

/**
 * When a worker cannot record, its deliveries in flight are attempted again, and no others. An attempt with a
 * response after the timeout is not a duplicate: it is recorded as a timeout, and the next attempt is a retry.
 */
async function duplicatesAreBounded({
  sql,
  webhookId,
  sink,
  harms,
  inFlightMax,
}: Evidence): Promise<Verdict> {
  const late = await sql<{ id: string; times: number }[]>`
    select d.id, count(*)::int as times from delivery d join attempt a on a.delivery_id = d.id
    where d.webhook_id = ${webhookId} and a.outcome = 'timeout' group by d.id`
  const lateTimes = new Map(late.map(({ id, times }) => [id, times]))
  const violations: string[] = []
  for (const [name, entries] of Object.entries(sink)) {
    const arrivals = new Map<string, number>()
    for (const { deliveryId } of entries) arrivals.set(deliveryId, (arrivals.get(deliveryId) ?? 0) + 1)
    const extra = [...arrivals]
      .map(([id, times]) => Math.max(0, times - 1 - (lateTimes.get(id) ?? 0)))
      .reduce((sum, more) => sum + more, 0)
    if (extra > harms * inFlightMax) violations.push(`${name}: ${extra} after ${harms} faults`)
  }
  const promise = harms > 0 ? 'duplicates at most the number in flight at each fault' : 'no duplicates'
  return { id: 'R4', promise, violations }
}

const rssMegabytesMax = 400
function memoryIsBounded({ rssMegabytes }: Evidence): Verdict {
  const violations = [...rssMegabytes]
    .filter(([, megabytes]) => megabytes > rssMegabytesMax)
    .map(([name, megabytes]) => `${name}: ${Math.round(megabytes)} MB`)
  return { id: 'R12', promise: `api and worker stay under ${rssMegabytesMax} MB each`, violations }
}

/** Maximum error of a timer, in milliseconds. */
const timerErrorMs = 100
const shortestRetryMs = Math.min(...retry.delaysSeconds) * 1000 - timerErrorMs
function retriesKeepTheirTime({ tries, singly }: Evidence): Verdict {
  const violations: string[] = []
  for (const [id, times] of tries) {
    for (let index = 1; index < times.length; index++) {
      const gap = times[index]! - times[index - 1]!
      if (gap < shortestRetryMs) violations.push(`${id}: again after ${Math.round(gap)} ms`)
    }
  }
  return {
    id: 'R14',
    promise: 'no retry before its time when clocks jump',
    ...promisedUnless(!singly, violations),
  }
}

async function nobodyIsGivenUp({ sql, webhookId }: Evidence): Promise<Verdict> {
  const rows = await sql<{ what: string }[]>`
    select name || ' was disabled' as what from destination where webhook_id = ${webhookId} and not enabled
    union all
    select id || ' given up early: ' || reason from delivery
    where webhook_id = ${webhookId} and status = 'dead' and reason like ${`Given up after ${timeSpent}%`}`
  const violations = rows.map(({ what }) => what)
  return { id: 'R14', promise: 'no destination disabled, no delivery given up early', violations }
}

/** The process exits by itself after `stopMsMax`. The second is for the exit. */
const endMsMax = stopMsMax + 1000
function stopsAreQuick({ stopsMs }: Evidence): Verdict {
  const violations = stopsMs.filter((ms) => ms > endMsMax).map((ms) => `${Math.round(ms)} ms`)
  return { id: 'R16', promise: `a process stopped by SIGTERM ends within ${endMsMax / 1000} s`, violations }
}

async function nothingGoesBackwards({ sql, webhookId, onceDelivered }: Evidence): Promise<Verdict> {
  const gaps = await sql<{ id: string }[]>`
    select d.id from delivery d left join attempt a on a.delivery_id = d.id where d.webhook_id = ${webhookId}
    group by d.id, d.attempts having count(a.number) <> d.attempts or coalesce(max(a.number), 0) <> d.attempts`
  const fallen = await sql<{ id: string; status: string }[]>`
    select id, status from delivery where id = any(${[...onceDelivered]}::uuid[]) and status <> 'delivered'`
  const violations = [
    ...gaps.map(({ id }) => `${id}: attempts have a gap`),
    ...fallen.map(({ id, status }) => `${id}: was delivered, is ${status}`),
  ]
  return { id: 'R5', promise: 'no state goes backwards, attempts have no gap', violations }
}

/**
 * Checks first arrivals only: a repeat after a crash is a duplicate, not a wrong order. Checks only requests that
 * were answered 202 before the next request of their ordering key. A request without a response may be stored at any
 * later time.
 */
function lanesKeepTheirOrder({ sink, sender, ordered }: Evidence): Verdict {
  const highest = new Map<string, number>()
  const seen = new Set<string>()
  const violations: string[] = []
  for (const { nonce, lane, place } of sink.ordered) {
    if (seen.has(nonce) || !sender.acknowledged.has(nonce)) continue
    seen.add(nonce)
    if (place < (highest.get(lane) ?? -1))
      violations.push(`${lane}: ${place} (${nonce}) after ${highest.get(lane)}`)
    highest.set(lane, Math.max(place, highest.get(lane) ?? -1))
  }
  const promise = 'first arrivals of one ordering key keep their order'
  return { id: 'R15', promise, ...promisedUnless(!ordered, violations) }
}

/** Recounts the rows like `npm run verify`. */
async function ledgerBalances({ sql, webhookId, held }: Evidence): Promise<Verdict> {
  const { differences, missingBatches } = await verifyLedger(sql)
  const { unaccounted } = await readLedger(sql, sql`(${webhookId}::uuid)`)
  const violations = [
    ...differences.map(({ what, counted, rows }) => `${what}: counted ${counted}, rows ${rows}`),
    ...(unaccounted === 0 ? [] : [`${unaccounted} unaccounted for`]),
    ...(missingBatches > 0 && held.size === 0 ? [`${missingBatches} batches neither queued nor stored`] : []),
  ]
  return { id: 'L', promise: 'the ledger equals a recount of the rows', violations }
}

const promisedUnless = (not: boolean, violations: string[]) =>
  not ? { violations: [], measured: violations.length } : { violations }
