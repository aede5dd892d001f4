import type { Delivery, Waiting } from '@whook/shared'
import { countdown } from '../../composables/times.js'

const words: Record<Waiting['reason'], string> = {
  'verification-failed': 'Held: signature check failed',
  'verification-pending': 'Held: signature not checked yet',
  'webhook-paused': 'Held: webhook paused',
  'webhook-disabled': 'Held: webhook disabled',
  'destination-disabled': 'Held: destination disabled',
  ordering: 'Waiting for its turn: an earlier delivery with the same ordering key goes first',
  'circuit-open': 'Destination paused after failures',
  retry: 'Retrying',
  'rate-limit': 'Waiting for the rate limit',
  concurrency: 'Waiting for a free slot: max concurrency reached',
  due: 'Due now',
}

type Waits = Pick<Delivery, 'status' | 'nextAttemptAt' | 'waiting'>

const heldReasons = /^(verification|webhook|destination)-/
const due: Waiting = { reason: 'due', until: null }

/**
 * Why a delivery waits; null when it does not, or when nobody knows. Live messages carry no reason, so the reason of the
 * last fetch is used only while it fits the state that a live message announced.
 */
export function waitingOf({ status, nextAttemptAt, waiting }: Waits, nowMs: number): Waiting | null {
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

/** "next try in 4 m 12 s"; undefined when nobody knows. */
export function nextTry({ until }: Waiting, nowMs: number): string | undefined {
  if (!until) return undefined
  const left = countdown(until, nowMs)
  return left === 'now' ? 'next try now' : `next try in ${left}`
}

const retriable = new Set<Waiting['reason']>(['circuit-open', 'retry', 'rate-limit', 'concurrency', 'due'])

/** What the button that retries says; undefined when the server would refuse it. */
export function retryLabel(delivery: Waits, nowMs: number): 'Try now' | 'Release' | 'Retry now' | undefined {
  if (delivery.status === 'dead' || delivery.status === 'cancelled') return 'Retry now'
  const waiting = waitingOf(delivery, nowMs)
  if (!waiting) return undefined
  if (waiting.reason.startsWith('verification')) return 'Release'
  return retriable.has(waiting.reason) ? 'Try now' : undefined
}
