import type { DeliveryStatus, LiveDelivery, RequestSummary } from '@whook/shared'

/** Ids rise with time: oldest first. Of twins the later one is taken. */
export function mergeRows(
  rows: readonly RequestSummary[],
  more: readonly RequestSummary[],
): RequestSummary[] {
  const fresh = new Map(more.map((row) => [row.id, row]))
  const added = [...fresh.values()].sort(byId)
  // Nearly always: nothing but news, which goes to the end.
  if (added[0] && added[0].id > (rows.at(-1)?.id ?? '')) return rows.concat(added)
  const merged = rows.map((row) => {
    const next = fresh.get(row.id) ?? row
    fresh.delete(row.id)
    return next
  })
  return fresh.size === 0 ? merged : merged.concat([...fresh.values()]).sort(byId)
}
const byId = (a: RequestSummary, b: RequestSummary) => (a.id < b.id ? -1 : 1)

const groups: Partial<Record<DeliveryStatus, 'delivered' | 'failed' | 'recovered' | 'filtered'>> = {
  delivered: 'delivered',
  dead: 'failed',
  recovered: 'recovered',
  filtered: 'filtered',
  cancelled: 'filtered',
}

/** Of one waiting delivery it is exact; of several, exact again with the next fetch. */
function retryingAfter({ waiting, retrying }: RequestSummary['deliveries'], status: DeliveryStatus): number {
  if (status === 'retrying') return Math.max(1, retrying)
  return waiting === 1 ? 0 : Math.min(retrying, waiting - 1)
}

/** A row's summary after one of its deliveries moved; exact again with the next fetch. */
export function settle(
  summary: RequestSummary['deliveries'],
  { status, lastStatusCode, lastDurationMs }: LiveDelivery,
): RequestSummary['deliveries'] {
  // A settled one moves again, as by a replay: until it is asked for, what it was is truer than half of what it is.
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
