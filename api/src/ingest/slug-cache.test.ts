import { describe, expect, it } from 'vitest'
import type { IngestWebhook } from './ingest-webhook.js'
import { createSlugCache } from './slug-cache.js'

const webhook = (name: string) => ({ id: name }) as IngestWebhook

/** A database whose one webhook can change, and which can go away. */
function startCache() {
  const database: { webhook: IngestWebhook | undefined; away: boolean; asked: number } = {
    webhook: webhook('first'),
    away: false,
    asked: 0,
  }
  const cache = createSlugCache({
    load: async () => {
      database.asked++
      if (database.away) throw new Error('away')
      return database.webhook
    },
  })
  return { cache, database }
}

describe('the slug cache', () => {
  it('asks once, however many call at the same time', async () => {
    const { cache, database } = startCache()
    await Promise.all([cache.get('a'), cache.get('a'), cache.get('a')])
    expect([database.asked, cache.peek('a')?.id]).toEqual([1, 'first'])
  })

  it('serves nothing that was dropped, even from a database that is away', async () => {
    const { cache, database } = startCache()
    await cache.get('a')
    database.away = true
    cache.drop(['a'])
    expect(cache.peek('a')).toBeUndefined()
    await expect(cache.get('a')).rejects.toThrow('away')
  })

  it('asks again when changes may have been missed', async () => {
    const { cache, database } = startCache()
    await cache.get('a')
    database.webhook = webhook('second')
    cache.doubt()
    expect(cache.peek('a')).toBeUndefined()
    expect((await cache.get('a'))?.id).toBe('second')
  })

  it('still knows its webhooks when changes may have been missed and the database is away', async () => {
    const { cache, database } = startCache()
    await cache.get('a')
    database.away = true
    cache.doubt()
    expect((await cache.get('a'))?.id).toBe('first')
  })

  it('keeps nothing of a look-up that began before a change', async () => {
    const { cache, database } = startCache()
    const early = cache.get('a')
    cache.drop(['a'])
    database.webhook = undefined
    await early
    expect(cache.peek('a')).toBeUndefined()
    expect(await cache.get('a')).toBeUndefined()
  })
})
