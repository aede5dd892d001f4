import type { Sql } from '@whook/drizzle'
import { readLedger } from '@whook/drizzle/ledger/read-ledger'
import { verifyLedger } from '@whook/drizzle/ledger/verify-ledger'
import { setTimeout as sleep } from 'node:timers/promises'
import { readMetric } from '@whook/testing/product/read-metric'
import type { Product } from '@whook/testing/product/start-product'

interface Options {
  sql: Sql
  product: Product
  /** What the senders were answered. */
  statuses: ReadonlyMap<string, number>
  signal?: AbortSignal
}

/** Longer than the receivers' deliveries may wait, and then some: a slow machine is not a wrong one. */
const restMs = 300_000
const wanted = new Set(['202', '404 to a wrong slug', '429 to a wrong slug'])

/** Once all has come to rest: what was answered is stored, nothing waits, and a recount finds what the counters say. */
export async function checkLedger({ sql, product, statuses, signal }: Options): Promise<string[]> {
  const all = () => readLedger(sql, sql`(select id from webhook)`, { installation: true })
  const deadline = Date.now() + restMs
  let ledger = await all()
  while (Date.now() < deadline && (ledger.pending > 0 || (await queued()) > 0)) {
    await sleep(1000, undefined, { signal })
    ledger = await all()
  }
  const answered = statuses.get('202') ?? 0
  // A sender that is told 503, or nothing, has to send again: its call may be stored all the same.
  const unsure = (statuses.get('503') ?? 0) + (statuses.get('0') ?? 0)
  const { differences, missingBatches } = await verifyLedger(sql)
  return [
    ...[...statuses]
      .filter(([answer]) => !wanted.has(answer))
      .map(([answer, times]) => `answered ${answer}: ${times} times`),
    ...(ledger.stored >= answered && ledger.stored <= answered + unsure
      ? []
      : [`answered 202: ${answered}, stored: ${ledger.stored}`]),
    ...(ledger.pending === 0 ? [] : [`${ledger.pending} deliveries still wait`]),
    ...(ledger.unaccounted === 0 ? [] : [`${ledger.unaccounted} unaccounted for`]),
    ...(missingBatches === 0 ? [] : [`${missingBatches} batches are in no place`]),
    ...differences.map(
      ({ name, what, counted, rows }) => `${name}, ${what}: counted ${counted}, rows ${rows}`,
    ),
  ]

  async function queued(): Promise<number> {
    const text = await (await fetch(`http://localhost:${product.metricsPorts[0]}/metrics`)).text()
    return readMetric(text, 'whook_queue_depth') ?? 0
  }
}
