import { expect, it } from 'vitest'
import { createKnownSlugs } from './known-slugs.js'

/** Returns known slugs over a list that a test can change, and the number of its reads. */
function over(list: string[], options: { slugsMax?: number } = {}) {
  const clock = { now: 0 }
  let reads = 0
  const known = createKnownSlugs({
    ...options,
    now: () => clock.now,
    freshMs: 1000,
    load: async function* () {
      reads++
      yield [...list]
    },
  })
  return { known, clock, reads: () => reads }
}

it('reads the slugs once at the first check, for concurrent callers too', async () => {
  const { known, reads } = over(['a'])
  known.add(['b'])
  expect(reads()).toBe(0)
  expect(await Promise.all(['a', 'c', 'd'].map((slug) => known.mayExist(slug)))).toEqual([true, false, false])
  expect(await known.mayExist('e')).toBe(false)
  expect(reads()).toBe(1)
})

it('knows added slugs, also when they are added during a read', async () => {
  const { known } = over(['a'])
  const asked = known.mayExist('b')
  known.add(['b'])
  expect(await asked).toBe(true)
  known.add(['c'])
  expect(await known.mayExist('c')).toBe(true)
})

it('reads again after freshMs, and when announcements may have been missed', async () => {
  const list = ['a']
  const { known, clock, reads } = over(list)
  expect(await known.mayExist('b')).toBe(false)
  list.push('b')
  clock.now = 1000
  expect(await known.mayExist('b')).toBe(true)
  list.push('c')
  known.invalidate()
  expect(await known.mayExist('c')).toBe(true)
  expect(reads()).toBe(3)
})

it('returns true for every slug when there are too many or the read fails', async () => {
  expect(await over(['a', 'b', 'c'], { slugsMax: 2 }).known.mayExist('d')).toBe(true)
  const broken = createKnownSlugs({
    load: () => {
      throw new Error('unavailable')
    },
  })
  expect(await broken.mayExist('d')).toBe(true)
})
