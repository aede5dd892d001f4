import type { Fragment, Sql } from '../../client.js'
import type { Ledger } from '@whook/shared'
import { openStatuses } from '../delivery/delivery-transitions.js'
import { statusIn } from '../delivery/status-in.js'
import { missingBatches } from './missing-batches.js'

interface LedgerRow {
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

interface ReadLedgerOptions {
  /** Adds missing batches, which belong to no webhook. For the operator of the installation, or its only user. */
  installation?: boolean
}

/** The ledger counts held deliveries separately. */
const unheldStatuses = openStatuses.filter((status) => status !== 'held')

/** Reads the ledger of all webhooks of the installation, with missing batches. */
export const readInstallationLedger = (sql: Sql): Promise<Ledger> =>
  readLedger(sql, sql`(select id from webhook)`, { installation: true })

/**
 * Reads the ledger of some webhooks: every delivery must be counted in one state. With `installation` it also checks
 * that accepted batches are stored. A missing batch counts as 1, because its requests and their webhooks are unknown.
 */
export async function readLedger(
  sql: Sql,
  hooks: Fragment,
  { installation = false }: ReadLedgerOptions = {},
): Promise<Ledger> {
  const [row] = await sql<LedgerRow[]>`
    select coalesce(t.stored, 0)::float8 as stored, coalesce(t.expired, 0)::float8 as expired, d.*,
      ${installation ? missingBatches(sql) : sql`0`} as missing
    from (select sum(stored) as stored, sum(expired) as expired from webhook_total where webhook_id in ${hooks}) t,
      (select coalesce(sum(count), 0)::float8 as deliveries,
        coalesce(sum(count) filter (where status = 'delivered'), 0)::float8 as delivered,
        coalesce(sum(count) filter (where ${statusIn(sql, 'status', unheldStatuses)}), 0)::float8 as pending,
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
