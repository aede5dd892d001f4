import type { Sql } from '../../client.js'

/** Returns the number of enabled destinations of the installation with an open or half-open circuit. */
export async function countCircuits(sql: Sql): Promise<{ open: number; 'half-open': number }> {
  const [row] = await sql<{ open: number; 'half-open': number }[]>`
    select count(*) filter (where circuit = 'open')::int as open,
      count(*) filter (where circuit = 'half-open')::int as "half-open"
    from destination_state s join destination d on d.id = s.destination_id and d.enabled where circuit <> 'closed'`
  return row!
}
