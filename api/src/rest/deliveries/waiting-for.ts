import type { Sql } from '@whook/drizzle'
import type { DeliveryStatus, DestinationLimits, HeldFor, Waiting, WebhookStatus } from '@whook/shared'

/** The columns of delivery, webhook and destination that determine why a delivery waits. */
export interface WaitingRow {
  status: DeliveryStatus
  next_attempt_at: Date | null
  held_for: HeldFor | null
  webhook_status: WebhookStatus
  destination_id: string
  destination_enabled: boolean | null
  destination_limits: DestinationLimits | null
  circuit: 'closed' | 'open' | 'half-open' | null
  circuit_open_until: Date | null
  rate_tokens: number | null
  rate_at: Date | null
  /** The database's clock. */
  read_at: Date
}

/** The columns of WaitingRow, for a query of `delivery d`, `webhook w`, `destination t` and its state `s`. */
export const waitingColumns = (sql: Sql) => sql`w.status as webhook_status, t.enabled as destination_enabled,
  t.limits as destination_limits, s.circuit, s.circuit_open_until, s.rate_tokens, s.rate_at, clock_timestamp() as read_at`

/**
 * Returns why a delivery waits and the earliest time of its next attempt; null when it does not wait. Returns the first
 * reason that applies, in the order of `waitingReasons`.
 */
export function waitingFor(row: WaitingRow, busy: ReadonlySet<string>): Waiting | null {
  if (row.status !== 'pending' && row.status !== 'retrying' && row.status !== 'held') return null
  if (row.held_for) return { reason: row.held_for, until: null }
  if (row.webhook_status !== 'active') return { reason: `webhook-${row.webhook_status}`, until: null }
  if (row.destination_enabled === null) return null
  if (!row.destination_enabled) return { reason: 'destination-disabled', until: null }
  if (row.next_attempt_at === null) return { reason: 'ordering', until: null }

  const now = row.read_at.getTime()
  const [dueAt, closedUntil] = [row.next_attempt_at.getTime(), row.circuit_open_until?.getTime() ?? 0]
  // Half-open: one delivery is the probe; the others wait for its result.
  if (row.circuit === 'half-open' && dueAt <= now) return { reason: 'circuit-open', until: null }
  if (row.circuit === 'open' && closedUntil > Math.max(now, dueAt)) {
    return { reason: 'circuit-open', until: iso(closedUntil) }
  }
  if (dueAt > now) return { reason: 'retry', until: iso(dueAt) }
  return waitingForRoom(row, now, busy)
}

function waitingForRoom(row: WaitingRow, now: number, busy: ReadonlySet<string>): Waiting {
  const rate = row.destination_limits?.ratePerSecond ?? null
  if (rate !== null && row.rate_tokens !== null && row.rate_at) {
    const tokens = row.rate_tokens + (rate * (now - row.rate_at.getTime())) / 1000
    if (tokens < 1) return { reason: 'rate-limit', until: iso(now + ((1 - tokens) / rate) * 1000) }
  }
  return { reason: busy.has(row.destination_id) ? 'concurrency' : 'due', until: null }
}

const iso = (ms: number) => new Date(Math.ceil(ms)).toISOString()

/** The highest concurrency limit of a destination. */
const concurrencyMax = 1000

/** Returns which destinations of the rows are at their concurrency limit. */
export async function busyDestinations(sql: Sql, rows: readonly WaitingRow[]): Promise<Set<string>> {
  const due = rows.flatMap((row) =>
    row.destination_id && waitingFor(row, none)?.reason === 'due' ? [row.destination_id] : [],
  )
  if (due.length === 0) return none
  const busy = await sql<{ id: string }[]>`
    select t.id from destination t cross join lateral (
      select count(*) as n from (
        select from delivery d where d.destination_id = t.id and d.status = 'delivering'
        limit ${concurrencyMax}) as counted) as sending
    where t.id = any(${[...new Set(due)]}::uuid[]) and sending.n >= (t.limits->>'concurrency')::int`
  return new Set(busy.map(({ id }) => id))
}

const none = new Set<string>()
