import { plannedDelaySeconds } from './retry-schedule.js'
import type { RetryPolicy } from '../index.js'
import { limits } from '../limits.js'

interface FailedAttempt {
  policy: RetryPolicy
  /** Number of attempts, including this one. */
  attempts: number
  /** Seconds since the delivery was created. */
  ageSeconds: number
  retryAfterSeconds: number | null
  overloaded: boolean
  /** 0 to 1. */
  random: number
}

/** Minimum delay in seconds after a response of an overloaded service, also when the policy has a shorter one. */
const overloadPenaltySeconds = 5

/** Returns the seconds until the next attempt, or undefined after the last attempt or when the time is over. */
export function nextDelay({
  policy,
  attempts,
  ageSeconds,
  retryAfterSeconds,
  overloaded,
  random,
}: FailedAttempt): number | undefined {
  if (attempts >= policy.attemptsMax) return undefined
  const planned = plannedDelaySeconds(policy, attempts)
  const spread = planned * (1 + policy.jitter * (2 * random - 1))
  const requested = Math.min(retryAfterSeconds ?? 0, limits.retryDelaySecondsMax)
  const delay = Math.max(
    spread,
    requested,
    overloaded ? Math.min(overloadPenaltySeconds, policy.maxDelaySeconds) : 0,
  )
  return ageSeconds + delay > policy.maxAgeSeconds ? undefined : delay
}
