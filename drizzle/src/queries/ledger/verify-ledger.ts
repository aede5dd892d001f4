import type { Sql } from '../../client.js'
import { missingBatches } from './missing-batches.js'

export interface LedgerDifference {
  webhookId: string
  name: string
  /** `stored`, `stored bytes`, or `deliveries: <status>`. */
  what: string
  counted: number
  rows: number
}

export interface LedgerCheck {
  webhooks: number
  requests: number
  deliveries: number
  differences: LedgerDifference[]
  /** Accepted batches that are neither queued nor stored, found by the gaps in their numbers. */
  missingBatches: number
}

type DifferenceRow = Omit<LedgerDifference, 'counted' | 'rows'> & { counted: string; rows: string }

/**
 * Recounts the rows of every webhook in one snapshot, and returns the differences to the counters. Reads all rows,
 * which takes minutes on a large installation and does not disturb a running one. `sql` must have no statement
 * timeout.
 */
export async function verifyLedger(sql: Sql): Promise<LedgerCheck> {
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const differences = await tx<DifferenceRow[]>`
      with counted as (
        select webhook_id, 'stored' as what, stored - expired as n from webhook_total
        union all select webhook_id, 'deliveries: ' || status, count from delivery_total
      ), rows as (
        select webhook_id, 'stored' as what, count(*) as n from webhook_request group by 1
        union all select webhook_id, 'deliveries: ' || status, count(*) from delivery group by 1, 2
      )
      select w.id as "webhookId", w.name, what, coalesce(counted.n, 0)::text as counted, coalesce(rows.n, 0)::text as rows
      from counted full join rows using (webhook_id, what) join webhook w on w.id = webhook_id
      where coalesce(counted.n, 0) <> coalesce(rows.n, 0) order by w.id, what`
    const [sums] = await tx<{ webhooks: number; requests: number; deliveries: number; holes: number }[]>`
      select (select count(*)::int from webhook) as webhooks, (select count(*)::float8 from webhook_request) as requests,
        (select count(*)::float8 from delivery) as deliveries,
        ${missingBatches(sql)} as holes`
    const { holes, ...counts } = sums!
    return {
      ...counts,
      missingBatches: holes,
      differences: differences.map(({ counted, rows, ...rest }) => ({
        ...rest,
        counted: Number(counted),
        rows: Number(rows),
      })),
    }
  })
}
