import { describe, expect, it } from 'vitest'
import { createClock } from './clock.js'

/** A clock whose wall clock and monotonic clock the test sets. */
function withClocks() {
  const at = { wall: 1_000_000, monotonic: 500 }
  const clock = createClock({ wall: () => at.wall, monotonic: () => at.monotonic })
  const pass = (ms: number) => {
    at.wall += ms
    at.monotonic += ms
  }
  /** One measurement with a round trip of `ms`. */
  const measure = (databaseMs: number, ms = 2) => {
    const sentAt = at.monotonic
    pass(ms)
    clock.addMeasurement(databaseMs + ms / 2, sentAt, at.monotonic)
  }
  return { clock, at, pass, measure }
}

describe('createClock', () => {
  it('returns the wall clock before the first measurement', () => {
    const { clock, at } = withClocks()
    expect([clock.now(), clock.wallError()]).toEqual([at.wall, 0])
  })

  it('follows the database when the wall clock changes later', () => {
    const { clock, at, pass, measure } = withClocks()
    measure(5_000_000)
    expect([clock.now(), clock.wallError()]).toEqual([5_000_002, 1_000_002 - 5_000_002])
    pass(10_000)
    at.wall += 100 * 86_400_000
    expect([clock.now(), clock.jumped()]).toEqual([5_010_002, true])
    measure(5_010_002)
    expect([clock.now(), clock.jumped()]).toEqual([5_010_004, false])
  })

  it('detects that the machine slept when the monotonic clock stopped meanwhile', () => {
    const { clock, at, measure } = withClocks()
    measure(5_000_000)
    at.wall += 8 * 3_600_000
    expect(clock.jumped()).toBe(true)
    measure(5_000_002 + 8 * 3_600_000)
    expect(clock.now()).toBe(5_000_004 + 8 * 3_600_000)
  })

  it('keeps a precise measurement when a slow one agrees with it', () => {
    const { clock, measure } = withClocks()
    measure(5_000_000)
    measure(5_000_002 + 300, 1000)
    expect(clock.now()).toBe(5_001_002)
    measure(5_001_002 + 5000, 1000)
    expect(clock.now()).toBe(5_007_002)
  })

  it('uses the wall clock when it agrees with the database clock', () => {
    const { clock, at, measure } = withClocks()
    measure(at.wall + 4, 10)
    expect(clock.now()).toBe(at.wall)
    measure(at.wall + 40, 2)
    expect(clock.now()).toBe(at.wall + 40)
  })
})
