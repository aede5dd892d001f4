import type { CapturedRequest } from '@whook/shared'
import { deliveryKey } from '@whook/shared/server/delivery-key'
import type { Sql } from '../client.js'

type Stored = Pick<CapturedRequest, 'id' | 'webhookId' | 'headers'>

/** How long a delivery that is named again counts as the same one. */
const sameWithin = '24 hours'
/** Two workers may store two copies in either order: who comes second marks the other's too, so far ahead of its own. */
const outOfOrder = '10 minutes'

/**
 * Marks requests that name a delivery their webhook has had before as duplicates of its first request. Answers first by
 * duplicate, those of other batches among them. Called after the commit, when each of two copies that were stored at once
 * sees the other; safe to run any number of times. Costs nothing where no request names a delivery.
 */
export async function markDuplicates(sql: Sql, requests: readonly Stored[]): Promise<Map<string, string>> {
  const keyed = requests.flatMap(({ id, webhookId, headers }) => {
    const key = deliveryKey(webhookId, headers)
    return key ? [{ id, key }] : []
  })
  if (keyed.length === 0) return new Map()

  const ids = keyed.map(({ id }) => id).sort()
  const [from, to] = [
    sql`uuid_floor(uuid_time(${ids[0]!}::uuid) - ${sameWithin}::interval)`,
    sql`uuid_floor(uuid_time(${ids.at(-1)!}::uuid) + ${outOfOrder}::interval)`,
  ]
  const copies = await sql<{ id: string; first: string }[]>`
    select distinct on (copy.id) copy.id, original.id as first
    from unnest(${keyed.map(({ id }) => id)}::uuid[], ${keyed.map(({ key }) => key)}::uuid[]) as k(id, key)
    cross join lateral (
      select r.id from webhook_request r
      where r.delivery_key = k.key and r.id between ${from} and ${to} and r.id <= k.id
        and r.id >= uuid_floor(uuid_time(k.id) - ${sameWithin}::interval)
      order by r.delivery_key, r.id limit 1) as original
    cross join lateral (
      select r.id from webhook_request r
      where r.delivery_key = k.key and r.id between ${from} and ${to} and r.id >= k.id and r.id > original.id
        and r.id < uuid_floor(uuid_time(k.id) + ${outOfOrder}::interval) and r.duplicate_of is distinct from original.id
      order by r.delivery_key, r.id limit 100) as copy
    order by copy.id, original.id`
  if (copies.length === 0) return new Map()

  const marked = await sql<{ id: string; first: string }[]>`
    update webhook_request r set duplicate_of = c.first
    from unnest(${copies.map(({ id }) => id)}::uuid[], ${copies.map(({ first }) => first)}::uuid[]) as c(id, first)
    where r.id = c.id and r.id between ${from} and ${to} returning r.id, c.first`
  return new Map(marked.map(({ id, first }) => [id, first]))
}
