import type { Sql } from '../client.js'

export interface Turn {
  destinationId: string
  orderingValue: string
}

/** After deliveries with an ordering value ended: the next of each value is due. Answers the lanes to look at. */
export async function wakeTurns(sql: Sql, turns: Turn[]): Promise<string[]> {
  if (turns.length === 0) return []
  const rows = await sql<{ lane: string }[]>`
    select distinct wake_turns as lane from wake_turns(
      ${turns.map((turn) => turn.destinationId)}::uuid[], ${turns.map((turn) => turn.orderingValue)}::text[])`
  return rows.map((row) => row.lane)
}

/**
 * Turns nobody woke: their predecessor was cancelled or deleted, or its worker was killed between recording and waking.
 */
export async function wakeForgottenTurns(sql: Sql): Promise<string[]> {
  const turns = await sql<Turn[]>`
    select distinct d.destination_id as "destinationId", d.ordering_value as "orderingValue"
    from delivery d
    where d.destination_id in (select id from destination where ordering_key is not null)
      and d.status in ('pending', 'retrying', 'held') and d.next_attempt_at is null and d.ordering_value is not null
    limit 1000`
  return wakeTurns(sql, turns)
}
