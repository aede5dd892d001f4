import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import type { DeliveryResult } from '@whook/drizzle/deliveries/record-attempts'
import { limits, type AttemptOutcome, type RetryPolicy } from '@whook/shared'
import { judgeResponse } from '@whook/shared/server/delivery/judge-response'
import { nextDelay } from '@whook/shared/server/delivery/next-delay'
import type { Outcome } from '@whook/shared/server/outbound/guarded-client'
import type { Made } from './parts.js'

interface Circumstances {
  claim: Pick<Claim, 'attempts' | 'crashes' | 'createdAt'>
  policy: RetryPolicy
  nowMs: number
  /** 0 to 1. */
  random: number
}

type Decision = Pick<DeliveryResult, 'delayMs' | 'reason' | 'health' | 'crashes'> & {
  /** What went wrong in this attempt; `reason` also says what becomes of the delivery. */
  error: string | null
  status: 'delivered' | 'retrying' | 'dead'
  outcome: AttemptOutcome
}

/** What an attempt means for its delivery and for its destination's health. */
export function decide(
  result: Outcome | (Made & { kind: 'failed' }),
  circumstances: Circumstances,
): Decision {
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

/** The script failed, or policy forbids the call: nothing went out, and the destination is not to blame. */
function afterOwnFailure(failed: Made & { kind: 'failed' }, circumstances: Circumstances): Decision {
  const crashes = failed.outcome === 'crashed' ? circumstances.claim.crashes + 1 : 0
  const decision = { outcome: failed.outcome, error: failed.error, health: null, crashes } as const
  if (crashes >= limits.crashesMax) {
    const reason = `The script stopped its sandbox ${crashes} times in a row: ${failed.error}`
    return { ...decision, status: 'dead', reason, delayMs: null }
  }
  if (failed.final) return { ...decision, status: 'dead', reason: failed.error, delayMs: null }
  const attempts = circumstances.claim.attempts + 1
  if (failed.outcome === 'script' && attempts >= limits.scriptAttemptsMax) {
    const reason = `Given up after ${attempts} attempts: ${failed.error}. Mend the script, then retry the delivery`
    return { ...decision, status: 'dead', reason, delayMs: null }
  }
  const wish = { retryAfterSeconds: null, overloaded: false }
  return { ...decision, ...retryOrDie(failed.error, wish, circumstances) }
}

interface Wish {
  retryAfterSeconds: number | null
  overloaded: boolean
}

function retryOrDie(
  why: string,
  { retryAfterSeconds, overloaded }: Wish,
  { claim, policy, nowMs, random }: Circumstances,
) {
  const attempts = claim.attempts + 1
  const ageSeconds = (nowMs - claim.createdAt.getTime()) / 1000
  const delay = nextDelay({ policy, attempts, ageSeconds, retryAfterSeconds, overloaded, random })
  if (delay !== undefined)
    return { status: 'retrying', reason: why, delayMs: Math.round(delay * 1000) } as const
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  const spent = attempts >= policy.attemptsMax ? tries : 'the time its retry policy allows'
  return { status: 'dead', reason: `Given up after ${spent}: ${why}`, delayMs: null } as const
}
