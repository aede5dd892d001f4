import { unpackHeaders } from '@whook/shared/server/raw-headers'
import type { Sql } from '../client.js'
import { loadRequests } from '../deliveries/load-requests.js'
import { orderingValue } from '../deliveries/ordering-value.js'

interface Made {
  id: string
  requestId: string
  orderingKey: string
  size: number
}

/** Bytes of bodies read at once: one that is larger alone. */
const bytesAtOnce = 16 * 1024 * 1024

/**
 * Replayed deliveries take turns as first ones do, by the ordering key their destination has now. To be called in the
 * transaction that made them: nobody may claim them before.
 */
export async function orderReplayed(tx: Sql, deliveryIds: string[]): Promise<void> {
  if (deliveryIds.length === 0) return
  const ids = deliveryIds.toSorted()
  const made = await tx<Made[]>`
    select d.id, d.request_id as "requestId", t.ordering_key as "orderingKey", r.size
    from delivery d join destination t on t.id = d.destination_id and t.ordering_key is not null
      join webhook_request r on r.id = d.request_id
    where d.id = any(${ids}::uuid[]) and d.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
    order by d.id`
  for (const some of inPieces(made)) {
    const requestIds = [...new Set(some.map(({ requestId }) => requestId))]
    const rows = await loadRequests(tx, requestIds, 2 ** 31 - 1)
    const requests = new Map(
      rows.map((row) => [row.id, { ...row, headers: unpackHeaders(row.headers), body: row.body! }]),
    )
    const values: (string | null)[] = []
    for (const { requestId, orderingKey } of some) {
      const request = requests.get(requestId)
      // A request that was deleted meanwhile is not sent, and needs no slot.
      values.push(request ? await orderingValue(orderingKey, request) : null)
    }
    const [first, last] = [some[0]!.id, some.at(-1)!.id]
    await tx`
      update delivery d set ordering_value = v.value
      from unnest(${some.map(({ id }) => id)}::uuid[], ${values}::text[]) as v(id, value)
      where d.id = v.id and d.id between ${first}::uuid and ${last}::uuid`
  }
}

function* inPieces(made: readonly Made[]): Generator<Made[]> {
  let piece: Made[] = []
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
