import type { Fragment, Sql } from '../client.js'
import type { Ledger } from '@whook/shared'
import { missingBatches } from './missing-batches.js'

interface Row {
  stored: number
  expired: number
  deliveries: number
  delivered: number
  pending: number
  held: number
  dead: number
  recovered: number
  filtered: number
  cancelled: number
  missing: number
}

interface Options {
  /** Adds what is of no webhook: accepted batches that are in no place. For who has, or runs, the whole installation. */
  installation?: boolean
}

/**
 * The conservation ledger of some webhooks: what was stored is somewhere. With `installation` also that what was accepted
 * is stored: a batch in no place counts as one, for what was in it nobody knows any more, nor whose it was.
 */
export async function readLedger(
  sql: Sql,
  hooks: Fragment,
  { installation = false }: Options = {},
): Promise<Ledger> {
  const [row] = await sql<Row[]>`
    select coalesce(t.stored, 0)::float8 as stored, coalesce(t.expired, 0)::float8 as expired, d.*,
      ${installation ? missingBatches(sql) : sql`0`} as missing
    from (select sum(stored) as stored, sum(expired) as expired from webhook_total where webhook_id in ${hooks}) t,
      (select coalesce(sum(count), 0)::float8 as deliveries,
        coalesce(sum(count) filter (where status = 'delivered'), 0)::float8 as delivered,
        coalesce(sum(count) filter (where status in ('pending', 'delivering', 'retrying')), 0)::float8 as pending,
        coalesce(sum(count) filter (where status = 'held'), 0)::float8 as held,
        coalesce(sum(count) filter (where status = 'dead'), 0)::float8 as dead,
        coalesce(sum(count) filter (where status = 'recovered'), 0)::float8 as recovered,
        coalesce(sum(count) filter (where status = 'filtered'), 0)::float8 as filtered,
        coalesce(sum(count) filter (where status = 'cancelled'), 0)::float8 as cancelled
       from delivery_total where webhook_id in ${hooks}) d`
  const { missing, ...counts } = row!
  const states =
    counts.delivered +
    counts.pending +
    counts.held +
    counts.dead +
    counts.recovered +
    counts.filtered +
    counts.cancelled
  return { ...counts, accepted: counts.stored + missing, unaccounted: missing + (counts.deliveries - states) }
}
