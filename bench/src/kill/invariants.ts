import type { Sql } from '@whook/drizzle'
import type { SenderLog } from './sender.js'
import type { SinkEntry } from './sink.js'

export interface Verdict {
  id: string
  promise: string
  violations: string[]
  /** Seen, and not promised in this run. */
  measured?: number
}

interface Evidence {
  sql: Sql
  webhookId: string
  sender: SenderLog
  sink: Record<'healthy' | 'flaky' | 'ordered', SinkEntry[]>
  destinations: Record<'healthy' | 'flaky' | 'ordered', string>
  /** Deliveries seen delivered while the run went on. */
  onceDelivered: ReadonlySet<string>
  /** Whether this run promises order per key: docs/decisions/order-needs-the-database-first.md. */
  ordered: boolean
}

/** Client log, sink log and database against each other: what must hold whatever was killed. */
export async function checkInvariants(evidence: Evidence): Promise<Verdict[]> {
  const stored = await storedNonces(evidence)
  return [
    everyAcknowledgedIsStored(evidence, stored),
    nothingIsStoredTwice(stored),
    await everyDeliveryEnds(evidence),
    duplicatesCarryOneId(evidence),
    await nothingGoesBackwards(evidence),
    lanesKeepTheirOrder(evidence),
    await ledgerBalances(evidence),
  ]
}

async function storedNonces({ sql, webhookId }: Evidence) {
  const rows = await sql<{ nonce: string; times: number }[]>`
    select convert_from(body, 'UTF8')::json ->> 'nonce' as nonce, count(*)::int as times
    from webhook_request where webhook_id = ${webhookId} group by 1`
  return new Map(rows.map(({ nonce, times }) => [nonce, times]))
}

function everyAcknowledgedIsStored({ sender }: Evidence, stored: Map<string, number>): Verdict {
  const lost = [...sender.acknowledged].filter((nonce) => !stored.has(nonce))
  return { id: 'R1', promise: 'every request answered 202 is stored', violations: lost }
}

function nothingIsStoredTwice(stored: Map<string, number>): Verdict {
  const twice = [...stored].filter(([, times]) => times > 1).map(([nonce, times]) => `${nonce} x ${times}`)
  return { id: 'R2', promise: 'one row per request, never two', violations: twice }
}

async function everyDeliveryEnds({ sql, webhookId, sink, destinations }: Evidence): Promise<Verdict> {
  const violations: string[] = []
  for (const [name, destinationId] of Object.entries(destinations)) {
    const arrived = new Set(sink[name as keyof typeof sink].map(({ nonce }) => nonce))
    const rows = await sql<{ nonce: string; status: string | null }[]>`
      select convert_from(r.body, 'UTF8')::json ->> 'nonce' as nonce, d.status
      from webhook_request r left join delivery d on d.request_id = r.id and d.destination_id = ${destinationId}
      where r.webhook_id = ${webhookId}`
    for (const { nonce, status } of rows) {
      const ended = status !== null && ['delivered', 'dead', 'filtered', 'cancelled'].includes(status)
      if (!ended || (status === 'delivered' && !arrived.has(nonce)))
        violations.push(`${name} ${nonce}: ${status}`)
    }
  }
  return { id: 'R3', promise: 'every delivery arrived, or stands in a visible end state', violations }
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
 * First arrivals only: a repeat after a crash is a duplicate, not disorder. And only what was answered 202 before the
 * lane sent its next: what got no answer may be stored at any later time, so it has no place in the order.
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
  const verdict = { id: 'R15', promise: 'first arrivals of one ordering key keep their order' }
  return ordered ? { ...verdict, violations } : { ...verdict, violations: [], measured: violations.length }
}

async function ledgerBalances({ sql, webhookId }: Evidence): Promise<Verdict> {
  const [row] = await sql<{ counted: string; stored: string; deliveries: string; rows: string }[]>`
    select (select stored - expired from webhook_total where webhook_id = ${webhookId}) as counted,
           (select count(*) from webhook_request where webhook_id = ${webhookId}) as stored,
           (select sum(count) from delivery_total where webhook_id = ${webhookId}) as deliveries,
           (select count(*) from delivery where webhook_id = ${webhookId}) as rows`
  const violations = []
  if (row!.counted !== row!.stored) violations.push(`stored: counted ${row!.counted}, rows ${row!.stored}`)
  if (row!.deliveries !== row!.rows)
    violations.push(`deliveries: counted ${row!.deliveries}, rows ${row!.rows}`)
  return { id: 'L', promise: 'the ledger equals a recount of the rows', violations }
}
