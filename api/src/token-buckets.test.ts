import { describe, expect, it } from 'vitest'
import { callerOf, createTokenBuckets } from './token-buckets.js'

describe('callerOf', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('counts %s as %s', (address, caller) => {
    expect(callerOf(address)).toBe(caller)
  })
})

describe('createTokenBuckets', () => {
  it('allows a burst, then the rate, and returns the seconds to wait', () => {
    let now = 0
    const take = createTokenBuckets({ now: () => now })
    expect([take('a', 2, 3), take('a', 2, 3), take('a', 2, 3)]).toEqual([0, 0, 0])
    expect(take('a', 2, 3)).toBeCloseTo(0.5)
    expect(take('b', 2, 3)).toBe(0)
    now = 500
    expect([take('a', 2, 3), take('a', 2, 3) > 0]).toEqual([0, true])
  })

  it('returns the seconds to wait without taking a token', () => {
    let now = 0
    const take = createTokenBuckets({ now: () => now })
    expect(take.wait('a', 2)).toBe(0)
    take('a', 2, 1)
    expect([take.wait('a', 2), take.wait('a', 2)]).toEqual([0.5, 0.5])
    now = 500
    expect([take.wait('a', 2), take('a', 2, 1)]).toEqual([0, 0])
  })

  it('keeps at most entriesMax keys', () => {
    const take = createTokenBuckets({ now: () => 0, entriesMax: 2 })
    for (const key of ['a', 'b', 'c']) take(key, 1, 1)
    expect([take('c', 1, 1) > 0, take('a', 1, 1)]).toEqual([true, 0])
  })
})
