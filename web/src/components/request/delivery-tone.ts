import type { DeliverySummary } from '@whook/shared'

/** Returns the colour of a delivery status. The words are always shown beside the colour. */
export function deliveryTone({
  total,
  failed,
  waiting,
  delivered,
}: DeliverySummary): 'ok' | 'bad' | 'wait' | 'off' {
  if (total === 0) return 'off'
  if (failed > 0) return 'bad'
  if (waiting > 0) return 'wait'
  return delivered > 0 ? 'ok' : 'off'
}

/** Returns "200 · 182 ms", "2 failed" or "waiting"; undefined when the request has no deliveries. */
export function deliveryWords({
  total,
  failed,
  waiting,
  retrying,
  filtered,
  lastStatusCode,
  lastDurationMs,
}: DeliverySummary): string | undefined {
  if (total === 0) return undefined
  if (failed > 0) return failed === 1 ? 'failed' : `${failed} failed`
  if (waiting > 0)
    return retrying === 0 ? 'waiting' : [lastStatusCode, 'retrying'].filter(Boolean).join(' · ')
  if (filtered === total) return 'filtered'
  return [lastStatusCode, lastDurationMs === null ? undefined : `${lastDurationMs} ms`]
    .filter((part) => part != null)
    .join(' · ')
}
