import type { AttemptOutcome, HeaderPairs } from '../index.js'

/** The parts of an HTTP call's result that the delivery policy reads. */
export type CallResult =
  | { kind: 'response'; statusCode: number; headers: HeaderPairs; brokenOff?: string }
  | { kind: 'failure'; outcome: AttemptOutcome; message: string }

export interface Verdict {
  status: 'delivered' | 'retry' | 'dead'
  outcome: AttemptOutcome
  /** Reason of the delivery's status, as a sentence. */
  reason: string | null
  /** Value of the Retry-After header, in seconds from now. */
  retryAfterSeconds: number | null
  /** The receiver answered 410 Gone: disable the destination and send nothing more. */
  disableDestination: boolean
  /** The receiver is overloaded or too slow: delay the next attempt. */
  overloaded: boolean
}

/** Returns the verdict on an attempt. Only 2xx is a success (Standard Webhooks, "Delivery"). */
export function judgeResponse(outcome: CallResult, nowMs: number): Verdict {
  if (outcome.kind === 'failure') {
    // Retry a forbidden address like any failure: the name may resolve to another address later.
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

/** Lists each field instead of a spread: for each attempt, a spread costs as much as parsing the response. */
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
 * Returns Retry-After (RFC 9110 section 10.2.3) in seconds from now, or null when it is missing or invalid. The header is
 * a number of seconds, or a date in one of the three formats that a recipient must accept (section 5.6.7).
 */
export function retryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  if (/^\d{1,10}$/.test(text)) return Number(text)
  const date = /^[A-Z][a-z]{2,8}(,?) /.exec(text)
  if (!date) return null
  // Only the asctime format has no comma. It has no zone either, but is UTC like the others.
  const at = Date.parse(date[1] ? text : `${text} GMT`)
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - nowMs) / 1000))
}
