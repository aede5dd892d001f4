import type { Sql } from '../client.js'

/** Somebody asks by hand: the next probe of an open circuit need not wait. The circuit stays as it is until it is judged. */
export async function letProbeThrough(sql: Sql, destinationIds: string[]): Promise<void> {
  if (destinationIds.length === 0) return
  await sql`
    update destination_state set circuit_open_until = clock_timestamp()
    where destination_id = any(${destinationIds}::uuid[]) and circuit = 'open'
      and circuit_open_until > clock_timestamp()`
}

/** What failed there before counts no more. */
export async function closeCircuit(sql: Sql, destinationId: string): Promise<void> {
  await sql`
    update destination_state set circuit = 'closed', circuit_openings = 0, circuit_open_until = null,
      consecutive_failures = 0
    where destination_id = ${destinationId}::uuid`
}
