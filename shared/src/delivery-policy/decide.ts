import { limits, type AttemptOutcome, type RetryPolicy } from '../index.js'
import { judgeResponse, type CallResult } from './judge-response.js'
import { nextDelay } from './next-delay.js'

interface DecisionInput {
  /** `attempts` and `crashes` recorded before this attempt. */
  claim: { attempts: number; crashes: number; createdAt: Date }
  policy: RetryPolicy
  nowMs: number
  /** 0 to 1. */
  random: number
}

/** The script failed, or policy forbids the call. Nothing was sent. `final`: a retry cannot succeed. */
interface OwnFailure {
  kind: 'failed'
  outcome: 'script' | 'crashed' | 'policy'
  error: string
  final: boolean
}

interface Decision {
  /** Error of this attempt. `reason` also contains the next step of the delivery. */
  error: string | null
  status: 'delivered' | 'retrying' | 'dead'
  outcome: AttemptOutcome
  /** Reason of the delivery's status, as a sentence. */
  reason: string | null
  /** Milliseconds until the next attempt; set only when `retrying`. */
  delayMs: number | null
  /** Health of the destination; null when it was not called. */
  health: 'up' | 'down' | null
  crashes: number
}

/** Returns the new state of the delivery and the health of its destination after an attempt. */
export function decide(result: CallResult | OwnFailure, circumstances: DecisionInput): Decision {
  if (result.kind === 'failed') return afterOwnFailure(result, circumstances)
  const verdict = judgeResponse(result, circumstances.nowMs)
  const brokenOff = result.kind === 'response' && result.brokenOff !== undefined ? result.brokenOff : null
  const { outcome, reason } = verdict
  const answered = result.kind === 'response'
  const health = answered && (result.statusCode < 500 || verdict.status === 'delivered') ? 'up' : 'down'
  const fate =
    verdict.status === 'retry'
      ? retryOrDie(reason ?? '', verdict, circumstances)
      : { status: verdict.status, reason, delayMs: null }
  return {
    outcome,
    error:
      brokenOff === null
        ? reason
        : `${reason ? `${reason}. ` : ''}The response body is incomplete: ${brokenOff}`,
    health: outcome === 'policy' ? null : health,
    crashes: 0,
    status: fate.status,
    reason: fate.reason,
    delayMs: fate.delayMs,
  }
}

/** The script failed, or policy forbids the call. Nothing was sent, so the health of the destination is unchanged. */
function afterOwnFailure(failed: OwnFailure, circumstances: DecisionInput): Decision {
  const crashes = failed.outcome === 'crashed' ? circumstances.claim.crashes + 1 : 0
  const decision = { outcome: failed.outcome, error: failed.error, health: null, crashes } as const
  if (crashes >= limits.crashesMax) {
    const reason = `The script stopped its sandbox ${crashes} times in a row: ${failed.error}`
    return { ...decision, status: 'dead', reason, delayMs: null }
  }
  if (failed.final) return { ...decision, status: 'dead', reason: failed.error, delayMs: null }
  const attempts = circumstances.claim.attempts + 1
  if (failed.outcome === 'script' && attempts >= limits.scriptAttemptsMax) {
    const reason = `Given up after ${attempts} attempts: ${failed.error}. Fix the script, then retry the delivery`
    return { ...decision, status: 'dead', reason, delayMs: null }
  }
  const hints = { retryAfterSeconds: null, overloaded: false }
  return { ...decision, ...retryOrDie(failed.error, hints, circumstances) }
}

/** Part of the reason of a delivery that exceeded the maximum age of its retry policy. */
export const timeSpent = 'the time its retry policy allows'

interface RetryHints {
  retryAfterSeconds: number | null
  overloaded: boolean
}

function retryOrDie(
  why: string,
  { retryAfterSeconds, overloaded }: RetryHints,
  { claim, policy, nowMs, random }: DecisionInput,
) {
  const attempts = claim.attempts + 1
  const ageSeconds = (nowMs - claim.createdAt.getTime()) / 1000
  const delay = nextDelay({ policy, attempts, ageSeconds, retryAfterSeconds, overloaded, random })
  if (delay !== undefined)
    return { status: 'retrying', reason: why, delayMs: Math.round(delay * 1000) } as const
  const made = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  const spent = attempts >= policy.attemptsMax ? made : timeSpent
  return { status: 'dead', reason: `Given up after ${spent}: ${why}`, delayMs: null } as const
}
