import type { DeliveryWithAttempts } from '@whook/shared'
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import DeliveryTimeline from './DeliveryTimeline.vue'

const now = Date.parse('2026-11-24T10:00:00Z')
const mismatch = { clause: 'body.city equals "Oslo"', path: 'body.city', found: '"Paris"' }
const delivery = (more: Partial<DeliveryWithAttempts> = {}) =>
  ({
    id: 'd',
    destinationName: 'Shop',
    destinationUrl: 'https://shop.example/hooks',
    status: 'retrying',
    nextAttemptAt: new Date(now + 252_000).toISOString(),
    reason: 'It answered 500.',
    waiting: null,
    filterFailure: null,
    attempts: [],
    ...more,
  }) as unknown as DeliveryWithAttempts

const show = (...deliveries: DeliveryWithAttempts[]) =>
  mount(DeliveryTimeline, { props: { deliveries }, global: { plugins: [createPinia()] } })
const buttons = (shown: ReturnType<typeof show>) => shown.findAll('button').map((button) => button.text())

beforeEach(() => void vi.useFakeTimers({ now }))
afterEach(() => void vi.useRealTimers())

describe('DeliveryTimeline', () => {
  it('counts down the seconds to the next attempt, then shows that it is due', async () => {
    const shown = show(delivery())
    expect(shown.text()).toContain('in 4 m 12 s')
    await vi.advanceTimersByTimeAsync(1000)
    expect(shown.text()).toContain('in 4 m 11 s')
    await vi.advanceTimersByTimeAsync(252_000)
    expect(shown.text()).toMatch(/Next attempt\s+is due now/)
    shown.unmount()
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['pending', ['Try now', 'Cancel']],
    ['held', ['Cancel']],
    ['delivering', []],
    ['retrying', ['Try now', 'Cancel']],
    ['delivered', []],
    ['dead', ['Retry now']],
    ['cancelled', ['Retry now']],
    ['filtered', ['Deliver anyway']],
  ] as const)('shows the buttons of a %s delivery: %j', (status, offered) => {
    const filterFailure = status === 'filtered' ? mismatch : null
    expect(buttons(show(delivery({ status, filterFailure })))).toEqual(offered)
  })

  it('shows no button but a hint when a script filtered the delivery', () => {
    const shown = show(delivery({ status: 'filtered', reason: "The webhook's script returned null" }))
    expect(buttons(shown)).toEqual([])
    expect(shown.text()).toContain('Change the script, then replay the request.')
    expect(show(delivery({ status: 'filtered', filterFailure: mismatch })).text()).not.toContain('script')
  })

  it('shows no next attempt when the delivery is dead', () => {
    expect(show(delivery({ status: 'dead' })).text()).not.toContain('Next attempt')
  })

  it.each([
    [{ status: 'held' }, 'Held until the webhook is active'],
    [{ status: 'held', waiting: { reason: 'webhook-paused', until: null } }, 'Held: webhook paused'],
    [
      { status: 'held', waiting: { reason: 'verification-failed', until: null } },
      'Held: signature check failed',
    ],
    [
      { status: 'pending', waiting: { reason: 'circuit-open', until: new Date(now + 60_000).toISOString() } },
      'Destination paused after failures, next attempt in 1 m 0 s',
    ],
    [{ status: 'pending', nextAttemptAt: null }, 'Waiting in order'],
    [{ status: 'retrying', nextAttemptAt: null }, 'Waiting in order'],
    [{ status: 'pending' }, 'Due now'],
    [{ status: 'delivering' }, 'Sending'],
  ] as const)('shows the reason for the wait of %j', (more, words) => {
    expect(show(delivery({ reason: null, ...more })).text()).toContain(words)
  })

  it('emits the delivery and the action of the clicked button', async () => {
    const shown = show(delivery(), delivery({ id: 'e', status: 'filtered', filterFailure: mismatch }))
    for (const button of shown.findAll('button')) await button.trigger('click')
    expect(shown.emitted('move')).toEqual([
      ['d', 'retry'],
      ['d', 'cancel'],
      ['e', 'deliver-anyway'],
    ])
  })

  it('shows each attempt with its code or error, and the value that the filter found', () => {
    const attempts = [
      { number: 1, outcome: 'http-error', statusCode: 500, durationMs: 12, error: null },
      { number: 2, outcome: 'timeout', statusCode: null, durationMs: 15_000, error: 'no answer in 15 s' },
    ].map((attempt) => ({
      startedAt: new Date(now).toISOString(),
      requestHeaders: [],
      responseHeaders: [],
      console: [],
      ...attempt,
    })) as unknown as DeliveryWithAttempts['attempts']
    const text = show(delivery({ attempts, filterFailure: mismatch })).text()
    for (const part of [
      'Attempt 1:',
      '500',
      '12 ms',
      'Attempt 2:',
      'timeout',
      'no answer in 15 s',
      'found "Paris"',
    ])
      expect(text).toContain(part)
  })
})
