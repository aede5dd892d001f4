import type { AttemptOutcome, HeaderPairs } from '../index.js'

/** Result of a call to a receiver, as far as the policy reads it. */
export type CallResult =
  | { kind: 'response'; statusCode: number; headers: HeaderPairs; brokenOff?: string }
  | { kind: 'failure'; outcome: AttemptOutcome; message: string }

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

/** What an attempt means. Success is 2xx only (Standard Webhooks, "Delivery"). */
export function judgeResponse(outcome: CallResult, nowMs: number): Verdict {
  if (outcome.kind === 'failure') {
    // A forbidden address may be a name that resolves differently tomorrow: it is tried again like any failure.
    return verdict('retry', outcome.outcome, outcome.message, { overloaded: outcome.outcome === 'timeout' })
  }
  const { statusCode } = outcome
  if (statusCode >= 200 && statusCode < 300) return verdict('delivered', 'delivered', null)
  const retryAfterSeconds = retryAfter(
    outcome.headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1],
    nowMs,
  )
  if (statusCode === 410) {
    const reason = 'answered 410 Gone: the destination is disabled'
    return verdict('dead', 'http-error', reason, { disableDestination: true })
  }
  if (statusCode >= 300 && statusCode < 400) {
    return verdict('retry', 'redirect', `answered ${statusCode}; redirects are not followed`, {
      retryAfterSeconds,
    })
  }
  const overloaded = [408, 429, 502, 503, 504].includes(statusCode)
  return verdict('retry', 'http-error', `answered ${statusCode}`, { retryAfterSeconds, overloaded })
}

/** Fields in words, not spread: on the path of every attempt a spread costs as much as parsing the answer. */
const verdict = (
  status: Verdict['status'],
  outcome: AttemptOutcome,
  reason: string | null,
  rest: Partial<Pick<Verdict, 'retryAfterSeconds' | 'disableDestination' | 'overloaded'>> = {},
): Verdict => ({
  status,
  outcome,
  reason,
  retryAfterSeconds: rest.retryAfterSeconds ?? null,
  disableDestination: rest.disableDestination ?? false,
  overloaded: rest.overloaded ?? false,
})

/**
 * Retry-After (RFC 9110 section 10.2.3) in seconds from now: a number of seconds, or a date in any of the three formats
 * a recipient must read (section 5.6.7). Nonsense is no wish.
 */
export function retryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text)
  const date = /^[A-Z][a-z]{2,8}(,?) /.exec(text)
  if (!date) return null
  // asctime's alone has no comma, and names no zone: it is UTC like the others.
  const at = Date.parse(date[1] ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000))
}
