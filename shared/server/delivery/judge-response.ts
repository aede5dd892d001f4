import type { AttemptOutcome } from '../../src/index.js'
import type { Outcome } from '../outbound/guarded-client.js'

export interface Verdict {
  status: 'delivered' | 'retry' | 'dead'
  outcome: AttemptOutcome
  /** In words, for the delivery. */
  reason: string | null
  /** What Retry-After asked for, in seconds. */
  retryAfterSeconds: number | null
  /** 410: the receiver is gone for good; nothing more is sent there. */
  disableDestination: boolean
  /** The receiver is overloaded or too slow: the next try must not come too soon. */
  overloaded: boolean
}

const plain: Pick<Verdict, 'retryAfterSeconds' | 'disableDestination' | 'overloaded'> = {
  retryAfterSeconds: null,
  disableDestination: false,
  overloaded: false,
}

/** What an attempt means. Success is 2xx only (Standard Webhooks, "Delivery"). */
export function judgeResponse(outcome: Outcome, nowMs: number): Verdict {
  if (outcome.kind === 'failure') {
    return {
      ...plain,
      // A forbidden address may be a name that resolves differently tomorrow: it is tried again like any failure.
      status: 'retry',
      outcome: outcome.outcome,
      reason: outcome.message,
      overloaded: outcome.outcome === 'timeout',
    }
  }
  const { statusCode } = outcome
  if (statusCode >= 200 && statusCode < 300)
    return { ...plain, status: 'delivered', outcome: 'delivered', reason: null }
  const retryAfterSeconds = retryAfter(
    outcome.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1],
    nowMs,
  )
  if (statusCode === 410) {
    const reason = 'answered 410 Gone: the destination is disabled'
    return { ...plain, status: 'dead', outcome: 'http-error', reason, disableDestination: true }
  }
  if (statusCode >= 300 && statusCode < 400) {
    return {
      ...plain,
      status: 'retry',
      outcome: 'redirect',
      reason: `answered ${statusCode}; redirects are not followed`,
      retryAfterSeconds,
    }
  }
  return {
    ...plain,
    status: 'retry',
    outcome: 'http-error',
    reason: `answered ${statusCode}`,
    retryAfterSeconds,
    overloaded: [408, 429, 502, 503, 504].includes(statusCode),
  }
}

/** Retry-After (RFC 9110 section 10.2.3) in seconds from now: a number of seconds or a date. Nonsense is no wish. */
export function retryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text)
  if (!/^[A-Z][a-z]{2}, /.test(text)) return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000))
}
