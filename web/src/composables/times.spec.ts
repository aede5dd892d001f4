import { describe, expect, it } from 'vitest'
import { bytes, countdown, relativeTime } from './times.js'

const now = Date.parse('2026-11-24T10:00:00Z')
const at = (seconds: number) => new Date(now + seconds * 1000).toISOString()

describe('relativeTime', () => {
  it.each([
    [-3, 'now'],
    [-14, '14s ago'],
    [-240, '4m ago'],
    [-7300, '2h ago'],
    [-90_000, 'yesterday'],
  ])('formats %i seconds as %s', (seconds, text) => expect(relativeTime(at(seconds), now)).toBe(text))
})

describe('countdown', () => {
  it.each([
    [252, '4 m 12 s'],
    [9, '9 s'],
    [7260, '2 h 1 m'],
    [-1, 'now'],
  ])('formats %i seconds as %s', (seconds, text) => expect(countdown(at(seconds), now)).toBe(text))
})

describe('bytes', () => {
  it('uses B, KB or MB depending on the size', () =>
    expect([bytes(639), bytes(2048), bytes(5 * 1024 * 1024)]).toEqual(['639 B', '2.0 KB', '5.0 MB']))
})
