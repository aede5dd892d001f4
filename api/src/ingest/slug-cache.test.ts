import { describe, expect, it } from 'vitest'
import type { IngestWebhook } from './ingest-webhook.js'
import { createSlugCache } from './slug-cache.js'

const webhook = (id: string) =>
  ({ id, response: { status: 202, headers: [], body: null } }) as unknown as IngestWebhook

/** Returns a cache whose reads end when the test settles them, in any order. */
function withHeldReads(options: { now?: () => number } = {}) {
  const reads: { answer: (found: IngestWebhook | undefined) => void; fail: (error: Error) => void }[] = []
  const load = () =>
    new Promise<IngestWebhook | undefined>((answer, fail) => void reads.push({ answer, fail }))
  return { cache: createSlugCache({ load, ...options }), reads }
}

describe('createSlugCache', () => {
  it('reads a slug once for concurrent callers', async () => {
    const { cache, reads } = withHeldReads()
    const asked = [cache.get('a'), cache.get('a')]
    reads[0]!.answer(webhook('1'))
    expect(await Promise.all(asked)).toEqual([webhook('1'), webhook('1')])
    expect(reads).toHaveLength(1)
    expect(cache.peek('a')).toEqual(webhook('1'))
  })

  it('keeps the new state when the slug changes during a read', async () => {
    for (const oldFirst of [true, false]) {
      const { cache, reads } = withHeldReads()
      const before = cache.get('a')
      cache.drop(['a'])
      const after = cache.get('a')
      const answers = [() => reads[0]!.answer(webhook('old')), () => reads[1]!.answer(webhook('new'))]
      if (!oldFirst) answers.reverse()
      for (const answer of answers) {
        answer()
        await new Promise(setImmediate)
      }
      await Promise.all([before, after])
      expect(cache.peek('a')).toEqual(webhook('new'))
    }
  })

  it('serves a cached webhook while the database is unavailable, and reads it later', async () => {
    let now = 0
    const { cache, reads } = withHeldReads({ now: () => now })
    const first = cache.get('a')
    reads[0]!.answer(webhook('1'))
    await first
    now = 40_000
    const later = cache.get('a')
    reads[1]!.fail(new Error('away'))
    expect(await later).toEqual(webhook('1'))
    expect(cache.peek('a')).toEqual(webhook('1'))
    now += 2000
    expect(cache.peek('a')).toBeUndefined()
  })

  it('rejects when the read fails and the slug is not cached', async () => {
    const { cache, reads } = withHeldReads()
    const asked = cache.get('a')
    reads[0]!.fail(new Error('away'))
    await expect(asked).rejects.toThrow('away')
  })

  it('reads an unknown slug again after two seconds', async () => {
    let now = 0
    const { cache, reads } = withHeldReads({ now: () => now })
    const first = cache.get('a')
    reads[0]!.answer(undefined)
    expect(await first).toBeUndefined()
    now = 2001
    const again = cache.get('a')
    reads[1]!.answer(webhook('1'))
    expect(await again).toEqual(webhook('1'))
  })

  it('reads a slug again when changes may have been missed', async () => {
    const { cache, reads } = withHeldReads()
    const first = cache.get('a')
    reads[0]!.answer(webhook('1'))
    await first
    cache.invalidate()
    expect(cache.peek('a')).toBeUndefined()
    const again = cache.get('a')
    reads[1]!.answer(webhook('2'))
    expect(await again).toEqual(webhook('2'))
  })

  it('serves an outdated webhook when the database is unavailable', async () => {
    const { cache, reads } = withHeldReads()
    const first = cache.get('a')
    reads[0]!.answer(webhook('1'))
    await first
    cache.invalidate()
    const again = cache.get('a')
    reads[1]!.fail(new Error('away'))
    expect(await again).toEqual(webhook('1'))
  })

  it('rejects for a dropped slug while the database is unavailable', async () => {
    const { cache, reads } = withHeldReads()
    const first = cache.get('a')
    reads[0]!.answer(webhook('1'))
    await first
    cache.drop(['a'])
    const again = cache.get('a')
    reads[1]!.fail(new Error('away'))
    await expect(again).rejects.toThrow('away')
  })
})
