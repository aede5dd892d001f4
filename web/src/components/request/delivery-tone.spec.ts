import { describe, expect, it } from 'vitest'
import { deliveryTone, deliveryWords } from './delivery-tone.js'

const none = {
  total: 0,
  delivered: 0,
  waiting: 0,
  retrying: 0,
  failed: 0,
  recovered: 0,
  filtered: 0,
  lastStatusCode: null,
  lastDurationMs: null,
}

describe('deliveryTone and deliveryWords', () => {
  it.each([
    [none, 'off', undefined],
    [{ ...none, total: 1, delivered: 1, lastStatusCode: 200, lastDurationMs: 182 }, 'ok', '200 · 182 ms'],
    [{ ...none, total: 2, delivered: 1, failed: 1 }, 'bad', 'failed'],
    [{ ...none, total: 1, waiting: 1 }, 'wait', 'waiting'],
    [{ ...none, total: 1, waiting: 1, retrying: 1, lastStatusCode: 500 }, 'wait', '500 · retrying'],
    [{ ...none, total: 2, delivered: 1, waiting: 1, lastStatusCode: 200 }, 'wait', 'waiting'],
    [{ ...none, total: 1, filtered: 1 }, 'off', 'filtered'],
  ])('returns tone and words of %j: %s, %s', (summary, tone, words) => {
    expect([deliveryTone(summary), deliveryWords(summary)]).toEqual([tone, words])
  })
})
