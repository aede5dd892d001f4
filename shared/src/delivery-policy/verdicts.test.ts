import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultRetryPolicy, retrySchedule, type RetryPolicy } from '../index.js'
import { judgeResponse, retryAfter } from './judge-response.js'
import { nextDelay } from './next-delay.js'

const answered = (statusCode: number, headers: [string, string][] = []) =>
  judgeResponse({ kind: 'response', statusCode, headers }, 0)

describe('judgeResponse', () => {
  it.each([
    [200, 'delivered', 'delivered'],
    [204, 'delivered', 'delivered'],
    [299, 'delivered', 'delivered'],
    [302, 'retry', 'redirect'],
    [400, 'retry', 'http-error'],
    [404, 'retry', 'http-error'],
    [408, 'retry', 'http-error'],
    [410, 'dead', 'http-error'],
    [429, 'retry', 'http-error'],
    [500, 'retry', 'http-error'],
    [503, 'retry', 'http-error'],
  ])('judges %i as %s', (statusCode, status, outcome) => {
    expect(answered(statusCode)).toMatchObject({ status, outcome, disableDestination: statusCode === 410 })
  })

  it.each(['dns', 'connect', 'tls', 'timeout', 'reset', 'protocol', 'policy', 'response-too-large'] as const)(
    'retries after %s',
    (outcome) => {
      expect(judgeResponse({ kind: 'failure', outcome, message: 'why' }, 0)).toMatchObject({
        status: 'retry',
        outcome,
        reason: 'why',
      })
    },
  )
})

describe('retryAfter', () => {
  const now = Date.parse('2026-11-24T10:00:00Z')
  it.each([
    ['120', 120],
    [' 0 ', 0],
    ['Tue, 24 Nov 2026 10:01:00 GMT', 60],
    ['Tue, 24 Nov 2026 09:00:00 GMT', 0],
    ['Tuesday, 24-Nov-26 10:01:00 GMT', 60],
    ['Tue Nov 24 10:01:00 2026', 60],
    ['-5', null],
    ['NaN', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j', (value, seconds) => {
    expect(retryAfter(value, now)).toBe(seconds)
  })
})

describe('nextDelay', () => {
  const failed = {
    policy: defaultRetryPolicy,
    attempts: 1,
    ageSeconds: 0,
    retryAfterSeconds: null,
    overloaded: false,
    random: 0.5,
  }

  it('returns undefined after the last attempt or when the next is too late', () => {
    expect(nextDelay({ ...failed, attempts: 10 })).toBeUndefined()
    expect(nextDelay({ ...failed, ageSeconds: defaultRetryPolicy.maxAgeSeconds })).toBeUndefined()
    expect(nextDelay(failed)).toBe(5)
  })

  it('returns the longer of plan and Retry-After, at most one day', () => {
    expect(nextDelay({ ...failed, retryAfterSeconds: 60 })).toBe(60)
    expect(nextDelay({ ...failed, retryAfterSeconds: 10 ** 9 })).toBe(86_400)
    expect(nextDelay({ ...failed, retryAfterSeconds: 1 })).toBe(5)
  })

  it('stays within jitter of the plan for every policy', () => {
    const policy = fc.record({
      strategy: fc.constantFrom('exponential', 'linear', 'list'),
      baseSeconds: fc.integer({ min: 1, max: 86_400 }),
      factor: fc.integer({ min: 1, max: 10 }),
      maxDelaySeconds: fc.integer({ min: 1, max: 86_400 }),
      delaysSeconds: fc.array(fc.integer({ min: 0, max: 86_400 }), { maxLength: 50 }),
      attemptsMax: fc.integer({ min: 2, max: 50 }),
      maxAgeSeconds: fc.constant(2_592_000),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    }) as fc.Arbitrary<RetryPolicy>
    fc.assert(
      fc.property(
        policy,
        fc.integer({ min: 1, max: 49 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (policy, attempts, random) => {
          const delay = nextDelay({ ...failed, policy, attempts, random })
          if (attempts >= policy.attemptsMax) return delay === undefined
          return delay !== undefined && delay >= 0 && delay <= policy.maxDelaySeconds * 2
        },
      ),
    )
  })

  it('plans ten attempts over about three days by default', () => {
    const times = retrySchedule(defaultRetryPolicy)
    expect(times).toHaveLength(10)
    expect(times.at(-1)! / 86_400).toBeCloseTo(3.1, 0)
  })
})
