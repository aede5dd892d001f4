import { describe, expect, it } from 'vitest'
import { latencyBuckets, latencyQuantile } from './latency-buckets.js'

const counted = (durationsMs: number[]) => {
  const counts = Array.from({ length: latencyBuckets.length + 1 }, () => 0)
  for (const ms of durationsMs) {
    const bucket = latencyBuckets.findIndex((bound) => ms <= bound)
    counts[bucket < 0 ? latencyBuckets.length : bucket]!++
  }
  return counts
}

describe('latencyQuantile', () => {
  it('returns null without attempts', () => {
    expect(latencyQuantile(counted([]), 0.5)).toBeNull()
    expect(latencyQuantile([], 0.5)).toBeNull()
  })

  it('interpolates within the bucket when all attempts took 4 s', () => {
    expect(latencyQuantile(counted(Array(100).fill(4000)), 0.5)).toBe(4000)
  })

  it('returns quantiles of uniform durations within two percent', () => {
    const counts = counted(Array.from({ length: 10_000 }, (_, n) => n))
    for (const quantile of [0.25, 0.5, 0.9, 0.95, 0.99])
      expect(latencyQuantile(counts, quantile)! / (10_000 * quantile)).toBeCloseTo(1, 1)
  })

  it('never decreases when the quantile grows', () => {
    const counts = counted([1, 7, 7, 40, 90, 400, 2001, 61_000])
    const found = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1].map((quantile) => latencyQuantile(counts, quantile)!)
    expect(found).toEqual(found.toSorted((a, b) => a - b))
    expect(found.at(-1)).toBe(60_000)
  })
})
