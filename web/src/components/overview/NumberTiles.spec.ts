import type { Stats } from '@whook/shared'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import NumberTiles from './NumberTiles.vue'

it('shows the success rate of attempts', () => {
  const totals = { requests: 10, requestsBefore: 0, delivered: 30, failed: 10, waiting: 0 }
  const stats = { range: '24h', queueDepth: 0, totals } as unknown as Stats
  const text = mount(NumberTiles, {
    props: { stats: { ...stats, totals: { ...stats.totals, p50Ms: null, p95Ms: null } } },
  }).text()
  expect(text).toContain('Successful attempts75.0 %10 of 40 attempts failed')
})

it('shows "all held" when deliveries wait and none has a time', () => {
  const totals = {
    requests: 10,
    requestsBefore: 0,
    delivered: 0,
    failed: 0,
    waiting: 12,
    oldestWaitingAt: null,
  }
  const stats = { range: '24h', queueDepth: 0, totals } as unknown as Stats
  const text = mount(NumberTiles, {
    props: { stats: { ...stats, totals: { ...stats.totals, p50Ms: null, p95Ms: null } } },
  }).text()
  expect(text).toContain('Waiting12all held')
})
