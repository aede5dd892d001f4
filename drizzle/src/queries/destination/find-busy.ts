import type { Sql } from '../../client.js'

/** The highest concurrency limit of a destination. */
const concurrencyMax = 1000

/** Returns which of these destinations are at their concurrency limit. */
export async function findBusy(sql: Sql, destinationIds: string[]): Promise<Set<string>> {
  if (destinationIds.length === 0) return new Set()
  const busy = await sql<{ id: string }[]>`
    select t.id from destination t cross join lateral (
      select count(*) as n from (
        select from delivery d where d.destination_id = t.id and d.status = 'delivering'
        limit ${concurrencyMax}) as counted) as sending
    where t.id = any(${destinationIds}::uuid[]) and sending.n >= (t.limits->>'concurrency')::int`
  return new Set(busy.map(({ id }) => id))
}
