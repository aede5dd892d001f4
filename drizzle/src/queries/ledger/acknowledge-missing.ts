import type { Sql } from '../../client.js'
import { foldLock } from '../../maintenance/compact.js'
import { foldBatches } from '../../maintenance/fold-batches.js'

const rowsMax = 20_000

/**
 * Acknowledges every accepted batch that has been missing for a minute. The ledger no longer counts these batches.
 * Such a batch is still stored if it arrives later. Returns the number of acknowledged batches.
 */
export async function acknowledgeMissing(sql: Sql): Promise<number> {
  const foldSome = () =>
    sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${foldLock(tx)})`
      return foldBatches(tx, rowsMax, 1)
    })
  while (await foldSome());
  const { count } = await sql`
    update missing_batch m set acknowledged_at = now() where acknowledged_at is null and not exists (
      select from accepted_batch late where late.instance_id = m.instance_id and late.number = m.number)`
  return count
}
