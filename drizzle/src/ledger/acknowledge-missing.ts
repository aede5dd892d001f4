import type { Sql } from '../client.js'
import { foldLock } from '../maintenance/compact.js'
import { foldBatches } from '../maintenance/fold-batches.js'

const rowsMax = 20_000

/**
 * Takes note of every accepted batch that has been in no place for a minute: the ledger counts it no more, and it is
 * stored all the same when it comes after all. Answers how many they are.
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
