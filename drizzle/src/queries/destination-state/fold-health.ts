import { latencyBuckets } from '@whook/runtime/latency-buckets'
import type { DeliveryResult } from '../delivery/record-attempts.js'

export interface DestinationHealthChange {
  destinationId: string
  /** At least one attempt of this batch found the destination available. */
  up: boolean
  /** Failures after the last attempt that found it available, or all failures of the batch. */
  failures: number
  delivered: number
  failed: number
  /** Attempts by latency bucket. */
  latency: number[]
  lastStatusCode: number | null
  /** Error of the last failed attempt, including errors of the user's script. */
  lastError: string | null
}

/** Sums a batch of results, in their order, per destination. */
export function foldHealth(results: readonly DeliveryResult[]): DestinationHealthChange[] {
  const changes = new Map<string, DestinationHealthChange>()
  for (const { destinationId, attempt, status, health } of results) {
    if (!attempt) continue
    const change = changes.get(destinationId) ?? nothing(destinationId)
    changes.set(destinationId, change)
    if (status === 'delivered') change.delivered++
    else {
      change.failed++
      change.lastError = attempt.error
    }
    if (health === 'up') Object.assign(change, { up: true, failures: 0 })
    if (health === 'down') change.failures++
    if (health) {
      change.lastStatusCode = attempt.statusCode
      const bucket = latencyBuckets.findIndex((bound) => attempt.durationMs <= bound)
      change.latency[bucket < 0 ? latencyBuckets.length : bucket]!++
    }
  }
  return [...changes.values()]
}

const nothing = (destinationId: string): DestinationHealthChange => ({
  destinationId,
  up: false,
  failures: 0,
  delivered: 0,
  failed: 0,
  latency: Array.from({ length: latencyBuckets.length + 1 }, () => 0),
  lastStatusCode: null,
  lastError: null,
})
