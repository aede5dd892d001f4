import type { Sql } from '@whook/drizzle'
import { readLedger } from '@whook/drizzle/queries/ledger/read-ledger'
import { verifyLedger } from '@whook/drizzle/queries/ledger/verify-ledger'
import { setTimeout as sleep } from 'node:timers/promises'
import { readMetric } from '@whook/testing/product/read-metric'
import type { Product } from '@whook/testing/product/start-product'

interface CheckLedgerOptions {
  sql: Sql
  product: Product
  /** Number of responses to the senders, by status. */
  statuses: ReadonlyMap<string, number>
  signal?: AbortSignal
}

/** Longer than deliveries may wait, with a margin: a slow machine is not an error. */
const restMs = 300_000
const wanted = new Set(['202', '404 to a wrong slug', '429 to a wrong slug'])

/** Waits until nothing is pending. Returns the differences between responses, stored rows and counters. */
export async function checkLedger({ sql, product, statuses, signal }: CheckLedgerOptions): Promise<string[]> {
  const all = () => readLedger(sql, sql`(select id from webhook)`, { installation: true })
  const deadline = Date.now() + restMs
  let ledger = await all()
  while (Date.now() < deadline && (ledger.pending > 0 || (await queued()) > 0)) {
    await sleep(1000, undefined, { signal })
    ledger = await all()
  }
  const answered = statuses.get('202') ?? 0
  // A sender without a response, or with a 503, must send again: its request may still be stored.
  const unsure = (statuses.get('503') ?? 0) + (statuses.get('0') ?? 0)
  const { differences, missingBatches } = await verifyLedger(sql)
  return [
    ...[...statuses]
      .filter(([answer]) => !wanted.has(answer))
      .map(([answer, times]) => `answered ${answer}: ${times} times`),
    ...(ledger.stored >= answered && ledger.stored <= answered + unsure
      ? []
      : [`answered 202: ${answered}, stored: ${ledger.stored}`]),
    ...(ledger.pending === 0 ? [] : [`${ledger.pending} deliveries are still pending`]),
    ...(ledger.unaccounted === 0 ? [] : [`${ledger.unaccounted} unaccounted for`]),
    ...(missingBatches === 0 ? [] : [`${missingBatches} batches neither queued nor stored`]),
    ...differences.map(
      ({ name, what, counted, rows }) => `${name}, ${what}: counted ${counted}, rows ${rows}`,
    ),
  ]

  async function queued(): Promise<number> {
    const text = await (await fetch(`http://localhost:${product.metricsPorts[0]}/metrics`)).text()
    return readMetric(text, 'whook_queue_depth') ?? 0
  }
}
