import type { DeliveryStatus, LiveDelivery, RequestSummary } from '@whook/shared'

/** Merges rows by id. Ids increase with time: oldest first. A row of `more` replaces the row with the same id. */
export function mergeRows(
  rows: readonly RequestSummary[],
  more: readonly RequestSummary[],
): RequestSummary[] {
  const fresh = new Map(more.map((row) => [row.id, row]))
  const added = [...fresh.values()].sort(byId)
  // The usual case: all rows are new, so append them.
  if (added[0] && added[0].id > (rows.at(-1)?.id ?? '')) return rows.concat(added)
  const merged = rows.map((row) => {
    const next = fresh.get(row.id) ?? row
    fresh.delete(row.id)
    return next
  })
  return fresh.size === 0 ? merged : merged.concat([...fresh.values()]).sort(byId)
}

/** Returns whether rows, sorted oldest first, contain the id. */
export function hasRow(rows: readonly RequestSummary[], id: string): boolean {
  let [from, to] = [0, rows.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (rows[middle]!.id < id) from = middle + 1
    else to = middle
  }
  return rows[from]?.id === id
}

/** Returns the row with its delivery summary after one delivery changed. */
export const withDelivery = (row: RequestSummary, delivery: LiveDelivery): RequestSummary => ({
  ...row,
  deliveries: settle(row.deliveries, delivery),
})

const byId = (a: RequestSummary, b: RequestSummary) => (a.id < b.id ? -1 : 1)

const groups: Partial<Record<DeliveryStatus, 'delivered' | 'failed' | 'recovered' | 'filtered'>> = {
  delivered: 'delivered',
  dead: 'failed',
  recovered: 'recovered',
  filtered: 'filtered',
  cancelled: 'filtered',
}

/** Returns the number of retrying deliveries. An estimate until the next fetch if several deliveries wait. */
function retryingAfter({ waiting, retrying }: RequestSummary['deliveries'], status: DeliveryStatus): number {
  if (status === 'retrying') return Math.max(1, retrying)
  return waiting === 1 ? 0 : Math.min(retrying, waiting - 1)
}

/** Returns the delivery summary of a row after one delivery changed. An estimate until the next fetch. */
function settle(
  summary: RequestSummary['deliveries'],
  { status, lastStatusCode, lastDurationMs }: LiveDelivery,
): RequestSummary['deliveries'] {
  // A settled delivery changed again, as by a replay. Its old status is unknown: keep the summary until the next fetch.
  if (summary.waiting === 0) return summary
  const group = groups[status]
  const next = {
    ...summary,
    retrying: retryingAfter(summary, status),
    lastStatusCode,
    lastDurationMs: lastDurationMs ?? summary.lastDurationMs,
  }
  if (!group) return next
  return { ...next, waiting: summary.waiting - 1, [group]: summary[group] + 1 }
}
