import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram.js'

describe('Histogram', () => {
  it('returns percentiles within five percent', () => {
    const histogram = new Histogram()
    for (let ms = 1; ms <= 10_000; ms++) histogram.add(ms / 10)
    expect(histogram.percentile(0.5) / 500).toBeCloseTo(1, 1)
    expect(histogram.percentile(0.99) / 990).toBeCloseTo(1, 1)
    expect(histogram.count).toBe(10_000)
  })

  it('returns 0 when it is empty', () => {
    expect(new Histogram().percentile(0.99)).toBe(0)
  })
})
