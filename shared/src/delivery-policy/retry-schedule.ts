import type { RetryPolicy } from '../http/destinations.js'

/** Returns the seconds between attempt `attempts` and the next one, before jitter. */
export function plannedDelaySeconds(policy: RetryPolicy, attempts: number): number {
  const { strategy, baseSeconds, factor, delaysSeconds, maxDelaySeconds } = policy
  const delay = {
    exponential: () => baseSeconds * factor ** Math.min(attempts - 1, 100),
    linear: () => baseSeconds,
    list: () => delaysSeconds[Math.min(attempts, delaysSeconds.length) - 1] ?? baseSeconds,
  }[strategy]()
  return Math.min(delay, maxDelaySeconds)
}

/** Returns the planned time of each attempt, in seconds since the first, if every attempt fails. For charts. */
export function retrySchedule(policy: RetryPolicy): number[] {
  const times = [0]
  while (times.length < policy.attemptsMax) {
    const next = times.at(-1)! + plannedDelaySeconds(policy, times.length)
    if (next > policy.maxAgeSeconds) break
    times.push(next)
  }
  return times
}
