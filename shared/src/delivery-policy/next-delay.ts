import { plannedDelaySeconds } from './retry-schedule.js'
import type { RetryPolicy } from '../index.js'
import { limits } from '../limits.js'

interface Failed {
  policy: RetryPolicy
  /** Attempts made, this one included. */
  attempts: number
  /** Since the delivery was created. */
  ageSeconds: number
  retryAfterSeconds: number | null
  overloaded: boolean
  /** 0 to 1. */
  random: number
}

/** A sick service is not asked again within this many seconds, whatever the policy says. */
const overloadPenaltySeconds = 5

/** Seconds until the next attempt, or undefined when there is none: out of attempts, or out of time. */
export function nextDelay({
  policy,
  attempts,
  ageSeconds,
  retryAfterSeconds,
  overloaded,
  random,
}: Failed): number | undefined {
  if (attempts >= policy.attemptsMax) return undefined
  const planned = plannedDelaySeconds(policy, attempts)
  const spread = planned * (1 + policy.jitter * (2 * random - 1))
  const wished = Math.min(retryAfterSeconds ?? 0, limits.retryDelaySecondsMax)
  const delay = Math.max(
    spread,
    wished,
    overloaded ? Math.min(overloadPenaltySeconds, policy.maxDelaySeconds) : 0,
  )
  return ageSeconds + delay > policy.maxAgeSeconds ? undefined : delay
}
