import type { DeliveryRow } from '@whook/drizzle/queries/delivery/read-deliveries'
import { circuitRules } from '@whook/drizzle/queries/delivery/record-attempts'
import type { Waiting } from '@whook/shared'

/** The columns that determine why a delivery waits. */
export type WaitingRow = Pick<
  DeliveryRow,
  | 'status'
  | 'nextAttemptAt'
  | 'heldFor'
  | 'webhookStatus'
  | 'destinationId'
  | 'destinationEnabled'
  | 'destinationLimits'
  | 'circuit'
  | 'circuitOpenUntil'
  | 'rateTokens'
  | 'rateAt'
  | 'readAt'
>

/**
 * Returns why a delivery waits and the earliest time of its next attempt; null when it does not wait. Returns the first
 * reason that applies, in the order of `waitingReasons`.
 */
export function waitingFor(row: WaitingRow, busy: ReadonlySet<string>): Waiting | null {
  if (row.status !== 'pending' && row.status !== 'retrying' && row.status !== 'held') return null
  if (row.heldFor) return { reason: row.heldFor, until: null }
  if (row.webhookStatus !== 'active') return { reason: `webhook-${row.webhookStatus}`, until: null }
  if (row.destinationEnabled === null) return null
  if (!row.destinationEnabled) return { reason: 'destination-disabled', until: null }
  if (row.nextAttemptAt === null) return { reason: 'ordering', until: null }

  const now = row.readAt.getTime()
  const [dueAt, closedUntil] = [row.nextAttemptAt.getTime(), row.circuitOpenUntil?.getTime() ?? 0]
  // Half-open: one delivery is the probe; the others wait for its result.
  if (row.circuit === 'half-open' && dueAt <= now) return { reason: 'circuit-open', until: null }
  // More than twice the maximum: the clock of the database was set back, so the circuit lets a probe through.
  const isOpen = closedUntil <= now + 2000 * circuitRules.openSecondsMax
  if (row.circuit === 'open' && isOpen && closedUntil > Math.max(now, dueAt)) {
    return { reason: 'circuit-open', until: iso(closedUntil) }
  }
  if (dueAt > now) return { reason: 'retry', until: iso(dueAt) }
  return waitingForRoom(row, now, busy)
}

function waitingForRoom(row: WaitingRow, now: number, busy: ReadonlySet<string>): Waiting {
  const rate = row.destinationLimits?.ratePerSecond ?? null
  if (rate !== null && row.rateTokens !== null && row.rateAt) {
    // Negative after the clock of the database was set back.
    const elapsedMs = Math.max(0, now - row.rateAt.getTime())
    const tokens = row.rateTokens + (rate * elapsedMs) / 1000
    if (tokens < 1) return { reason: 'rate-limit', until: iso(now + ((1 - tokens) / rate) * 1000) }
  }
  return { reason: busy.has(row.destinationId) ? 'concurrency' : 'due', until: null }
}

const iso = (ms: number) => new Date(Math.ceil(ms)).toISOString()

/** Returns the destinations of the rows that wait for nothing, unless a destination is at its concurrency limit. */
export const dueDestinations = (rows: readonly WaitingRow[]): string[] => [
  ...new Set(
    rows.flatMap((row) =>
      row.destinationId && waitingFor(row, none)?.reason === 'due' ? [row.destinationId] : [],
    ),
  ),
]

const none = new Set<string>()
