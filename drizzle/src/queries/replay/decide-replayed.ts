import { limits } from '@whook/shared'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import type { Sql } from '../../client.js'
import { createDecider, filterReason, type Decision } from '../delivery/decide-deliveries.js'
import { liveColumns, type DeliveryChange } from '../delivery/live-columns.js'
import { loadRequests } from '../request/load-requests.js'

interface UndecidedDelivery {
  id: string
  requestId: string
  orderingKey: string | null
  filter: string | null
  size: number
}

/** Maximum bytes of bodies in one read. A larger body is read alone. */
const bytesAtOnce = 16 * 1024 * 1024
/** Step budget of all filters for one batch; see createDecider. */
const filterStepsMax = 25_000_000

/**
 * Sets the ordering value and the filter result of replayed deliveries, from the current settings of their
 * destination. Call it in the transaction that creates them, so that no worker claims them before. Returns the
 * deliveries that the filter dropped, by id.
 */
export async function decideReplayed(tx: Sql, deliveryIds: string[]): Promise<Map<string, DeliveryChange>> {
  const dropped = new Map<string, DeliveryChange>()
  if (deliveryIds.length === 0) return dropped
  const ids = deliveryIds.toSorted()
  const undecided = await tx<UndecidedDelivery[]>`
    select d.id, d.request_id as "requestId", t.ordering_key as "orderingKey", t.filter::text as filter, r.size
    from delivery d join destination t on t.id = d.destination_id
      join webhook_request r on r.id = d.request_id
    where d.id = any(${ids}::uuid[]) and d.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
      and (t.ordering_key is not null or (t.filter is not null and r.size <= ${limits.filterCreateBytesMax}::int))
    order by d.id`
  const decide = createDecider(filterStepsMax)
  for (const some of inPieces(undecided)) {
    const decisions = await decidePiece(tx, some, decide)
    const [first, last] = [some[0]!.id, some.at(-1)!.id]
    const failures = decisions.map(({ failure }) => failure && JSON.stringify(failure))
    const moved = await tx<DeliveryChange[]>`
      update delivery d set ordering_value = v.value, filter_failure = v.failure::jsonb,
        status = case when v.failure is null then d.status else 'filtered' end,
        reason = case when v.failure is null then d.reason else ${filterReason} end,
        next_attempt_at = case when v.failure is null then d.next_attempt_at end,
        finished_at = case when v.failure is null then d.finished_at else now() end
      from unnest(${some.map(({ id }) => id)}::uuid[], ${decisions.map((decision) => decision.orderingValue)}::text[],
                  ${failures}::text[]) as v(id, value, failure)
      where d.id = v.id and d.id between ${first}::uuid and ${last}::uuid
      returning ${liveColumns(tx, 'd')}`
    for (const change of moved) if (change.status === 'filtered') dropped.set(change.id, change)
  }
  return dropped
}

async function decidePiece(
  tx: Sql,
  some: readonly UndecidedDelivery[],
  decide: ReturnType<typeof createDecider>,
): Promise<Decision[]> {
  const byRequest = new Map<string, UndecidedDelivery[]>()
  for (const one of some) byRequest.set(one.requestId, [...(byRequest.get(one.requestId) ?? []), one])
  const rows = await loadRequests(tx, [...byRequest.keys()], 2 ** 31 - 1)
  const decided = new Map<string, Decision>()
  for (const row of rows) {
    const ofRequest = byRequest.get(row.id)!
    const decisions = await decide(ofRequest, row.size, () => ({
      ...row,
      headers: unpackHeaders(row.headers),
      body: row.body!,
    }))
    decisions.forEach((decision, index) => decided.set(ofRequest[index]!.id, decision))
  }
  // The request was deleted meanwhile: without it the delivery has no ordering value.
  return some.map(({ id }) => decided.get(id) ?? { orderingValue: null, failure: null })
}

function* inPieces(made: readonly UndecidedDelivery[]): Generator<UndecidedDelivery[]> {
  let piece: UndecidedDelivery[] = []
  let bytes = 0
  for (const one of made) {
    if (piece.length > 0 && bytes + one.size > bytesAtOnce) {
      yield piece
      piece = []
      bytes = 0
    }
    piece.push(one)
    bytes += one.size
  }
  if (piece.length > 0) yield piece
}
