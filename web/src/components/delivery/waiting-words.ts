import type { Delivery, Waiting } from '@whook/shared'
import { countdown } from '../../composables/times.js'

const words: Record<Waiting['reason'], string> = {
  'verification-failed': 'Held: signature check failed',
  'verification-pending': 'Held: signature not checked yet',
  'webhook-paused': 'Held: webhook paused',
  'webhook-disabled': 'Held: webhook disabled',
  'destination-disabled': 'Held: destination disabled',
  ordering: 'Waiting in order: an earlier delivery has the same ordering key',
  'circuit-open': 'Destination paused after failures',
  retry: 'Retrying',
  'rate-limit': 'Waiting for the rate limit',
  concurrency: 'Waiting for a free slot: max concurrency reached',
  due: 'Due now',
}

type WaitingDelivery = Pick<Delivery, 'status' | 'nextAttemptAt' | 'waiting'>

const heldReasons = /^(verification|webhook|destination)-/
const due: Waiting = { reason: 'due', until: null }

/**
 * Returns why a delivery waits; null when it does not wait or the reason is unknown. Live messages have no reason. So the
 * reason of the last fetch is used only while it fits the state in the latest live message.
 */
export function waitingOf(
  { status, nextAttemptAt, waiting }: WaitingDelivery,
  nowMs: number,
): Waiting | null {
  if (status === 'held') return waiting && heldReasons.test(waiting.reason) ? waiting : null
  if (status !== 'pending' && status !== 'retrying') return null
  if (nextAttemptAt === null) return { reason: 'ordering', until: null }
  const isRetry = status === 'retrying' && Date.parse(nextAttemptAt) > nowMs
  if (isRetry && !(waiting?.until && waiting.until > nextAttemptAt)) {
    return { reason: 'retry', until: nextAttemptAt }
  }
  return waiting && !heldReasons.test(waiting.reason) ? waiting : due
}

export const waitingWords = ({ reason }: Waiting) => words[reason]

/** Returns "next attempt in 4 m 12 s"; undefined when the time is unknown. */
export function nextTry({ until }: Waiting, nowMs: number): string | undefined {
  if (!until) return undefined
  const left = countdown(until, nowMs)
  return left === 'now' ? 'next attempt now' : `next attempt in ${left}`
}

const retriable = new Set<Waiting['reason']>(['circuit-open', 'retry', 'rate-limit', 'concurrency', 'due'])

/** Returns the label of the retry button; undefined when the server would refuse a retry. */
export function retryLabel(
  delivery: WaitingDelivery,
  nowMs: number,
): 'Try now' | 'Release' | 'Retry now' | undefined {
  if (delivery.status === 'dead' || delivery.status === 'cancelled') return 'Retry now'
  const waiting = waitingOf(delivery, nowMs)
  if (!waiting) return undefined
  if (waiting.reason.startsWith('verification')) return 'Release'
  return retriable.has(waiting.reason) ? 'Try now' : undefined
}
