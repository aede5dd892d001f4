import { expect, it } from 'vitest'
import { nextTry, retryLabel, waitingOf } from './waiting-words.js'

const now = Date.parse('2026-01-01T00:00:00.000Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

it('returns the reason of the server when no live message changed the delivery', () => {
  const waiting = { reason: 'circuit-open', until: at(60) } as const
  expect(waitingOf({ status: 'pending', nextAttemptAt: at(-5), waiting }, now)).toEqual(waiting)
  expect(nextTry(waiting, now)).toBe('next attempt in 1 m 0 s')
})

it('returns the next attempt when a live message changed the delivery', () => {
  const moved = { status: 'retrying', nextAttemptAt: at(5), waiting: { reason: 'due', until: null } } as const
  expect(waitingOf(moved, now)).toEqual({ reason: 'retry', until: at(5) })
})

it.each([
  ['held', 'due', null],
  ['pending', 'verification-failed', 'due'],
] as const)('drops the old reason when the delivery became %s', (status, reason, expected) => {
  const found = waitingOf({ status, nextAttemptAt: at(0), waiting: { reason, until: null } }, now)
  expect(found?.reason ?? null).toBe(expected)
})

it('returns null when the delivery ended', () => {
  const waiting = { reason: 'due', until: null } as const
  expect(waitingOf({ status: 'delivered', nextAttemptAt: null, waiting }, now)).toBeNull()
})

it.each([
  ['pending', 'circuit-open', 'Try now'],
  ['retrying', 'retry', 'Try now'],
  ['held', 'verification-failed', 'Release'],
  ['held', 'webhook-paused', undefined],
] as const)('labels the button of a %s delivery (%s) with %s', (status, reason, label) => {
  expect(retryLabel({ status, nextAttemptAt: at(-1), waiting: { reason, until: null } }, now)).toBe(label)
})

it('returns no label when the delivery waits for an earlier delivery', () => {
  expect(retryLabel({ status: 'pending', nextAttemptAt: null, waiting: null }, now)).toBeUndefined()
})

it('labels the button of a dead delivery with Retry now', () => {
  expect(retryLabel({ status: 'dead', nextAttemptAt: null, waiting: null }, now)).toBe('Retry now')
})
