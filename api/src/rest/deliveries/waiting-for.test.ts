import { expect, it } from 'vitest'
import { waitingFor, type WaitingRow } from './waiting-for.js'

const readAt = new Date('2026-01-01T00:00:00.000Z')
const at = (seconds: number) => new Date(readAt.getTime() + seconds * 1000)
const due: WaitingRow = {
  status: 'pending',
  nextAttemptAt: at(-1),
  heldFor: null,
  webhookStatus: 'active',
  destinationId: 'd',
  destinationEnabled: true,
  destinationLimits: { concurrency: 10, ratePerSecond: null },
  circuit: 'closed',
  circuitOpenUntil: null,
  rateTokens: 1,
  rateAt: at(-1),
  readAt: readAt,
}
const slow = { concurrency: 10, ratePerSecond: 0.1 }

it.each<[string, Partial<WaitingRow>, string, number | null]>([
  ['nothing blocks it', {}, 'due', null],
  ['its next attempt is later', { status: 'retrying', nextAttemptAt: at(60) }, 'retry', 60],
  ['the circuit is open', { circuit: 'open', circuitOpenUntil: at(30) }, 'circuit-open', 30],
  [
    'the circuit closes before its next attempt',
    { status: 'retrying', nextAttemptAt: at(60), circuit: 'open', circuitOpenUntil: at(30) },
    'retry',
    60,
  ],
  [
    'the circuit closes after its next attempt',
    { status: 'retrying', nextAttemptAt: at(60), circuit: 'open', circuitOpenUntil: at(90) },
    'circuit-open',
    90,
  ],
  ['a probe is in flight', { circuit: 'half-open', circuitOpenUntil: at(-1) }, 'circuit-open', null],
  [
    'the clock of the database was set back one hour while the circuit was open',
    { circuit: 'open', circuitOpenUntil: at(3600) },
    'due',
    null,
  ],
  ['the circuit may be probed', { circuit: 'open', circuitOpenUntil: at(-1) }, 'due', null],
  ['the rate limit is reached', { destinationLimits: slow, rateTokens: 0, rateAt: at(-1) }, 'rate-limit', 9],
  [
    'the rate limit is reached and the clock of the database was set back one hour',
    { destinationLimits: slow, rateTokens: 0, rateAt: at(3600) },
    'rate-limit',
    10,
  ],
  ['an earlier delivery has the ordering slot', { nextAttemptAt: null }, 'ordering', null],
  ['its webhook is paused', { status: 'held', webhookStatus: 'paused' }, 'webhook-paused', null],
  ['its webhook is disabled', { status: 'held', webhookStatus: 'disabled' }, 'webhook-disabled', null],
  [
    'its destination is disabled',
    { status: 'held', destinationEnabled: false },
    'destination-disabled',
    null,
  ],
  [
    'its verification failed',
    { status: 'held', heldFor: 'verification-failed', webhookStatus: 'paused' },
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
