import { expect, it } from 'vitest'
import { waitingFor, type WaitingRow } from './waiting-for.js'

const readAt = new Date('2026-01-01T00:00:00.000Z')
const at = (seconds: number) => new Date(readAt.getTime() + seconds * 1000)
const due: WaitingRow = {
  status: 'pending',
  next_attempt_at: at(-1),
  held_for: null,
  webhook_status: 'active',
  destination_id: 'd',
  destination_enabled: true,
  destination_limits: { concurrency: 10, ratePerSecond: null },
  circuit: 'closed',
  circuit_open_until: null,
  rate_tokens: 1,
  rate_at: at(-1),
  read_at: readAt,
}
const slow = { concurrency: 10, ratePerSecond: 0.1 }

it.each<[string, Partial<WaitingRow>, string, number | null]>([
  ['nothing blocks it', {}, 'due', null],
  ['its next attempt is later', { status: 'retrying', next_attempt_at: at(60) }, 'retry', 60],
  ['the circuit is open', { circuit: 'open', circuit_open_until: at(30) }, 'circuit-open', 30],
  [
    'the circuit closes before its next attempt',
    { status: 'retrying', next_attempt_at: at(60), circuit: 'open', circuit_open_until: at(30) },
    'retry',
    60,
  ],
  [
    'the circuit closes after its next attempt',
    { status: 'retrying', next_attempt_at: at(60), circuit: 'open', circuit_open_until: at(90) },
    'circuit-open',
    90,
  ],
  ['a probe is in flight', { circuit: 'half-open', circuit_open_until: at(-1) }, 'circuit-open', null],
  ['the circuit may be probed', { circuit: 'open', circuit_open_until: at(-1) }, 'due', null],
  [
    'the rate limit is reached',
    { destination_limits: slow, rate_tokens: 0, rate_at: at(-1) },
    'rate-limit',
    9,
  ],
  ['an earlier delivery has the ordering slot', { next_attempt_at: null }, 'ordering', null],
  ['its webhook is paused', { status: 'held', webhook_status: 'paused' }, 'webhook-paused', null],
  ['its webhook is disabled', { status: 'held', webhook_status: 'disabled' }, 'webhook-disabled', null],
  [
    'its destination is disabled',
    { status: 'held', destination_enabled: false },
    'destination-disabled',
    null,
  ],
  [
    'its verification failed',
    { status: 'held', held_for: 'verification-failed', webhook_status: 'paused' },
    'verification-failed',
    null,
  ],
])('returns the reason when %s', (_, change, reason, seconds) => {
  const until = seconds === null ? null : at(seconds).toISOString()
  expect(waitingFor({ ...due, ...change }, new Set())).toEqual({ reason, until })
})

it('returns the concurrency limit when the destination is busy', () => {
  expect(waitingFor(due, new Set(['d']))).toEqual({ reason: 'concurrency', until: null })
})

it('returns null when the delivery does not wait', () => {
  for (const status of ['delivering', 'delivered', 'dead', 'filtered', 'cancelled'] as const)
    expect(waitingFor({ ...due, status }, new Set())).toBeNull()
})
