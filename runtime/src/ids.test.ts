import { describe, expect, it } from 'vitest'
import { idTime, newId, newSlug } from './ids.js'

describe('newId', () => {
  it('returns UUIDv7 in ascending order, also within one millisecond', () => {
    const ids = Array.from({ length: 10_000 }, () => newId(1_700_000_000_000))
    expect([...ids].sort()).toEqual(ids)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('contains its time', () => {
    const now = Date.now() + 60_000
    expect(idTime(newId(now))).toBe(now)
  })

  it('follows a corrected clock, and keeps the order when the clock jitters', () => {
    const day = 86_400_000
    const now = 1_800_000_000_000
    expect(idTime(newId(now + 100 * day))).toBe(now + 100 * day)
    const ids = [newId(now), newId(now - 3), newId(now + 1), newId(now - 500)]
    expect([...ids].sort()).toEqual(ids)
    expect(ids.map(idTime)).toEqual([now, now, now + 1, now + 1])
  })
})

describe('newSlug', () => {
  it('returns wh_ and 22 base62 characters', () => {
    expect(newSlug()).toMatch(/^wh_[0-9A-Za-z]{22}$/)
  })
})
