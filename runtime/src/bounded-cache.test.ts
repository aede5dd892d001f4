import { describe, expect, it, vi } from 'vitest'
import { createBoundedCache } from './bounded-cache.js'

const keysOf = <Key>(cache: Iterable<[Key, unknown]>) => [...cache].map(([key]) => key)

describe('createBoundedCache', () => {
  it('drops the least recently set or used entry when it is full', () => {
    const onEvicted = vi.fn()
    const cache = createBoundedCache<string, number>({ entriesMax: 3, onEvicted })
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index)
    expect([cache.use('a'), cache.peek('b'), cache.peek('x'), cache.use('x')]).toEqual([
      0,
      1,
      undefined,
      undefined,
    ])
    cache.set('d', 3)
    expect(keysOf(cache)).toEqual(['c', 'a', 'd'])
    cache.set('c', 4)
    cache.set('e', 5)
    expect([keysOf(cache), cache.size]).toEqual([['d', 'c', 'e'], 3])
    expect(onEvicted.mock.calls).toEqual([[1], [0]])
  })

  it('drops entries until their bytes fit, also after a value is replaced or deleted', () => {
    const onEvicted = vi.fn()
    const bytesOf = (value: string, key: string) => value.length + key.length
    const cache = createBoundedCache<string, string>({ entriesMax: 10, bytesMax: 12, bytesOf, onEvicted })
    cache.set('a', '12345')
    cache.set('b', '12345')
    cache.set('a', '123')
    cache.set('c', '1')
    expect(keysOf(cache)).toEqual(['b', 'a', 'c'])
    cache.set('d', '1')
    expect(keysOf(cache)).toEqual(['a', 'c', 'd'])
    expect([cache.delete('a'), cache.delete('a')]).toEqual([true, false])
    cache.set('e', '1234567')
    expect(keysOf(cache)).toEqual(['c', 'd', 'e'])
    expect(onEvicted.mock.calls).toEqual([['12345']])
    cache.clear()
    cache.set('f', '12345678901')
    expect(keysOf(cache)).toEqual(['f'])
    cache.set('g', 'larger than everything')
    expect(keysOf(cache)).toEqual(['f'])
    expect(onEvicted).toHaveBeenLastCalledWith('larger than everything')
  })

  it('returns an outdated value only as stale', () => {
    let now = 0
    const cache = createBoundedCache<string, number>({ entriesMax: 2, now: () => now })
    cache.set('a', 1, 100)
    cache.set('b', 2)
    now = 99
    expect([cache.peek('a'), cache.use('a')]).toEqual([1, 1])
    now = 100
    expect([cache.peek('a'), cache.use('a'), cache.getStale('a')]).toEqual([undefined, undefined, 1])
    expect(cache.peek('b')).toBe(2)
    cache.invalidate()
    expect([cache.peek('b'), cache.getStale('b')]).toEqual([undefined, 2])
    cache.set('a', 3, 200)
    expect(cache.peek('a')).toBe(3)
  })

  it('visits every entry when entries are deleted during the iteration', () => {
    const cache = createBoundedCache<number, number>({ entriesMax: 100 })
    for (let n = 0; n < 10; n++) cache.set(n, n)
    const seen: number[] = []
    for (const [key] of cache) {
      seen.push(key)
      if (key % 2 === 0) cache.delete(key)
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(keysOf(cache)).toEqual([1, 3, 5, 7, 9])
  })
})
