import type { KeyedRequest } from '@whook/runtime/after-store'
import type { Sql } from '../../client.js'

interface SearchedRequest {
  id: string
  key: string
  /** Ids between which a request with the same key counts as the same delivery. */
  from: string
  to: string
}

/** Milliseconds for which a repeated delivery key counts as a duplicate. */
const sameWithinMs = 24 * 3_600_000
/**
 * Two workers may store two copies in either order. The second worker also marks copies that are newer by this many
 * milliseconds.
 */
const outOfOrderMs = 600_000
/** Maximum copies of one delivery that one call marks. Later calls mark the rest. */
const copiesMax = 100

/**
 * Marks requests that repeat a delivery key of their webhook as duplicates of the first request with that key.
 * Returns the id of the first request by the id of each duplicate, including duplicates of other batches. Call it
 * after the commit: only then two copies that were stored concurrently see each other. Idempotent. It runs no query
 * when no request has a delivery key, and one index scan per batch when no key repeats.
 */
export async function markDuplicates(
  sql: Sql,
  requests: readonly KeyedRequest[],
): Promise<Map<string, string>> {
  const keyed = requests.flatMap(({ id, deliveryKey: key }) =>
    key ? [{ id, key, from: shifted(id, -sameWithinMs), to: shifted(id, outOfOrderMs) }] : [],
  )
  if (keyed.length === 0 || !(await anyRepeats(sql, keyed))) return new Map()

  const copies = await findCopies(sql, keyed)
  if (copies.length === 0) return new Map()
  const ids = copies.map(({ id }) => id).sort()
  // Another worker that saw an earlier copy may have marked these rows meanwhile, so a mark only ever changes to an
  // earlier request. Rows are locked in the order of their ids, so that two batches with the same copies cannot
  // deadlock.
  const marked = await sql<{ id: string; first: string }[]>`
    with locked as materialized (
      select id from webhook_request
      where id = any(${ids}::uuid[]) and id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
      order by id for no key update)
    update webhook_request r set duplicate_of = c.first
    from unnest(${copies.map(({ id }) => id)}::uuid[], ${copies.map(({ first }) => first)}::uuid[]) as c(id, first)
      join locked using (id)
    where r.id = c.id and r.id between ${ids[0]!}::uuid and ${ids.at(-1)!}::uuid
      and (r.duplicate_of is null or r.duplicate_of > c.first)
    returning r.id, c.first`
  return new Map(marked.map(({ id, first }) => [id, first]))
}

/** Nearly always each key has one row: the request that was just stored. */
async function anyRepeats(sql: Sql, keyed: SearchedRequest[]): Promise<boolean> {
  const { from, to } = span(keyed)
  const rows = await sql`
    select from webhook_request r
    where r.delivery_key = any(${[...new Set(keyed.map(({ key }) => key))]}::uuid[])
      and r.id between ${from}::uuid and ${to}::uuid
    limit ${keyed.length + 1}`
  return rows.length > new Set(keyed.map(({ key }) => key)).size
}

const findCopies = (sql: Sql, keyed: SearchedRequest[]) => {
  const { from, to } = span(keyed)
  const key = sql`r.delivery_key = k.key and r.id between ${from}::uuid and ${to}::uuid`
  return sql<{ id: string; first: string }[]>`
    select distinct on (copy.id) copy.id, original.id as first
    from unnest(${keyed.map(({ id }) => id)}::uuid[], ${keyed.map((one) => one.key)}::uuid[],
                ${keyed.map((one) => one.from)}::uuid[], ${keyed.map((one) => one.to)}::uuid[]) as k(id, key, oldest, newest)
    cross join lateral (
      select r.id from webhook_request r where ${key} and r.id between k.oldest and k.id
      order by r.delivery_key, r.id limit 1) as original
    cross join lateral (
      select r.id from webhook_request r
      where ${key} and r.id between k.id and k.newest and r.id > original.id
        and (r.duplicate_of is null or r.duplicate_of > original.id)
      order by r.delivery_key, r.id limit ${copiesMax}) as copy
    order by copy.id, original.id`
}

function span(keyed: SearchedRequest[]): Pick<SearchedRequest, 'from' | 'to'> {
  const ids = keyed.map(({ id }) => id).sort()
  return { from: shifted(ids[0]!, -sameWithinMs), to: shifted(ids.at(-1)!, outOfOrderMs) }
}

/** Returns the lowest id of the time that is `ms` milliseconds after the time of this id. */
function shifted(id: string, ms: number): string {
  const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) + ms
  const hex = Math.max(0, time).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
