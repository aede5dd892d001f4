import { describe, expect, it } from 'vitest'
import { seededRandom } from '../kill/random.js'
import { judge, type Point, type Series } from './judge.js'

/** Half an hour, one reading every 10 s. */
const run = (value: (seconds: number) => number): Point[] =>
  Array.from({ length: 180 }, (_, index) => [index * 10, value(index * 10)])
const memory = (points: Point[]): Series => ({
  name: 'memory',
  unit: 'MB',
  points,
  allowed: { share: 0.25, least: 24 },
})
const random = seededRandom(7)
const noise = () => random.between(-15, 15)

describe('judge', () => {
  it('returns growing and the slope when a slow leak is hidden by noise', () => {
    const judged = judge(memory(run((seconds) => 100 + seconds / 18 + noise())))
    expect(judged.verdict).toBe('growing')
    expect(judged.slopePerHour).toBeGreaterThan(180)
    expect(judged.slopePerHour).toBeLessThan(220)
  })

  it.each<[string, (seconds: number) => number]>([
    ['a constant value with noise', () => 100 + noise()],
    [
      'a value that warms up and then stays',
      (seconds) => 100 + 80 * (1 - Math.exp(-seconds / 300)) + noise(),
    ],
    ['a value that rises and falls with garbage collection', (seconds) => 100 + (seconds % 400) / 4],
    ['a shrinking value', (seconds) => 300 - seconds / 18],
    ['a single peak near the end', (seconds) => (seconds === 1700 ? 5000 : 100)],
    ['growth below the allowed amount', (seconds) => 100 + seconds / 120],
  ])('returns bounded for %s', (_, value) => {
    expect(judge(memory(run(value))).verdict).toBe('bounded')
  })

  it('returns growing when a backlog begins late and does not stop', () => {
    const backlog = run((seconds) => Math.max(0, seconds - 900) * 10)
    expect(judge({ ...memory(backlog), allowed: { share: 0.25, least: 200 } }).verdict).toBe('growing')
  })

  it('compares only with the limit when the series has an absolute limit', () => {
    const filling = run((seconds) => seconds)
    expect(judge({ ...memory(filling), allowed: { atMost: 1800 } }).verdict).toBe('bounded')
    expect(judge({ ...memory(filling), allowed: { atMost: 1000 } }).verdict).toBe('growing')
  })

  it('returns "not judged" when the series has no limit', () => {
    const { verdict, first, last, most } = judge({
      name: 'lag',
      unit: 'ms',
      points: run((seconds) => seconds),
    })
    expect([verdict, first, last, most]).toEqual(['not judged', 220, 1570, 1790])
  })

  it('returns bounded for a single sample', () => {
    expect(judge(memory([[0, 100]]))).toMatchObject({
      first: 100,
      last: 100,
      slopePerHour: 0,
      verdict: 'bounded',
    })
  })
})
