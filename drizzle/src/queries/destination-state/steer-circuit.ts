import type { Sql } from '../../client.js'

/**
 * Makes the next probe of open circuits due immediately, for a manual retry. The result of the probe decides the
 * circuit.
 */
export async function letProbeThrough(sql: Sql, destinationIds: string[]): Promise<void> {
  if (destinationIds.length === 0) return
  await sql`
    update destination_state set circuit_open_until = clock_timestamp()
    where destination_id = any(${destinationIds}::uuid[]) and circuit = 'open'
      and circuit_open_until > clock_timestamp()`
}

/** Closes the circuit of a destination and resets its failures. */
export async function closeCircuit(sql: Sql, destinationId: string): Promise<void> {
  await sql`
    update destination_state set circuit = 'closed', circuit_openings = 0, circuit_open_until = null,
      consecutive_failures = 0
    where destination_id = ${destinationId}::uuid`
}
