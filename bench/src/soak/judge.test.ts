import { describe, expect, it } from 'vitest'
import { seededRandom } from '../kill/random.js'
import { judge, type Point, type Series } from './judge.js'

/** Half an hour, a look every 10 s. */
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
  it('calls a slow leak under noise growing, and says how fast', () => {
    const judged = judge(memory(run((seconds) => 100 + seconds / 18 + noise())))
    expect(judged.verdict).toBe('growing')
    expect(judged.slopePerHour).toBeGreaterThan(180)
    expect(judged.slopePerHour).toBeLessThan(220)
  })

  it.each<[string, (seconds: number) => number]>([
    ['what stays under noise', () => 100 + noise()],
    ['what warms up and then stays', (seconds) => 100 + 80 * (1 - Math.exp(-seconds / 300)) + noise()],
    ['what rises and falls with collection', (seconds) => 100 + (seconds % 400) / 4],
    ['what shrinks', (seconds) => 300 - seconds / 18],
    ['a single peak near the end', (seconds) => (seconds === 1700 ? 5000 : 100)],
    ['growth that is less than allowed', (seconds) => 100 + seconds / 120],
  ])('calls %s bounded', (_, value) => {
    expect(judge(memory(run(value))).verdict).toBe('bounded')
  })

  it('calls a backlog that begins late and does not stop growing', () => {
    const backlog = run((seconds) => Math.max(0, seconds - 900) * 10)
    expect(judge({ ...memory(backlog), allowed: { share: 0.25, least: 200 } }).verdict).toBe('growing')
  })

  it('holds what has a limit of its own to that limit, however it gets there', () => {
    const filling = run((seconds) => seconds)
    expect(judge({ ...memory(filling), allowed: { atMost: 1800 } }).verdict).toBe('bounded')
    expect(judge({ ...memory(filling), allowed: { atMost: 1000 } }).verdict).toBe('growing')
  })

  it('prints the rest without judging it', () => {
    const { verdict, first, last, most } = judge({
      name: 'lag',
      unit: 'ms',
      points: run((seconds) => seconds),
    })
    expect([verdict, first, last, most]).toEqual(['not judged', 220, 1570, 1790])
  })

  it('takes a single sample', () => {
    expect(judge(memory([[0, 100]]))).toMatchObject({
      first: 100,
      last: 100,
      slopePerHour: 0,
      verdict: 'bounded',
    })
  })
})
