import type { DestinationSettings } from '@whook/drizzle/queries/destination/load-settings'
import { describe, expect, it } from 'vitest'
import type { PreparedSettings } from './prepare-settings.js'
import { createSettingsCache } from './settings-cache.js'

type Bounds = { entriesMax?: number; bytesMax?: number }

/** A cache of destinations named like their webhook. `rows` sets scripts and filters by destination. */
function cacheOf(
  rows: Record<string, Partial<DestinationSettings>> = {},
  bounds: Bounds = {},
  loaded = Promise.resolve(),
) {
  const clock = { now: 0 }
  const loads: string[][] = []
  const empty = { webhookScript: null, script: null, filter: null }
  const cache = createSettingsCache({
    async load(ids) {
      loads.push(ids)
      await loaded
      return ids.map(
        (id) => ({ id, webhookId: `webhook ${id}`, ...empty, ...rows[id] }) as DestinationSettings,
      )
    },
    prepare: (row) => ({ ...row, filterOut: null, signingSecrets: [], problem: null }) as PreparedSettings,
    now: () => clock.now,
    ...bounds,
  })
  /** Reads one destination after the other. Returns those that were loaded. */
  const loadsOf = async (...ids: string[]) => {
    loads.length = 0
    for (const id of ids) await cache.get(id)
    return loads.flat()
  }
  return { cache, clock, loadsOf }
}

describe('createSettingsCache', () => {
  it('loads settings once until they are five seconds old', async () => {
    const { clock, loadsOf } = cacheOf()
    expect(await loadsOf('a', 'a')).toEqual(['a'])
    clock.now = 4999
    expect(await loadsOf('a')).toEqual([])
    clock.now = 5000
    expect(await loadsOf('a')).toEqual(['a'])
  })

  it('drops the oldest entry when there are more than the maximum', async () => {
    const { loadsOf } = cacheOf({}, { entriesMax: 2 })
    await loadsOf('a', 'b', 'c')
    expect(await loadsOf('b', 'c')).toEqual([])
    expect(await loadsOf('a')).toEqual(['a'])
  })

  it('drops the oldest entries when their scripts and filters exceed the bytes', async () => {
    const text = 'x'.repeat(40)
    const filter = { field: 'body.a', equals: 'x'.repeat(100) }
    const rows = {
      a: { script: text },
      b: { webhookScript: text },
      c: { script: 'é'.repeat(20) },
      f: { filter },
    }
    const { loadsOf } = cacheOf(rows as Record<string, Partial<DestinationSettings>>, { bytesMax: 120 })
    await loadsOf('a', 'b', 'c')
    expect(await loadsOf('a', 'b', 'c'), '120 bytes').toEqual([])
    await loadsOf('f')
    expect(await loadsOf('f', 'a'), 'a filter of more than 120 bytes is not kept').toEqual(['f'])
  })

  it('counts the bytes of an entry once when it is loaded again', async () => {
    const rows = { a: { script: 'x'.repeat(40) }, b: { script: 'x'.repeat(40) } }
    const { cache, clock, loadsOf } = cacheOf(rows, { bytesMax: 80 })
    await loadsOf('a', 'b')
    clock.now = 6000
    expect(await loadsOf('a', 'b', 'a', 'b')).toEqual(['a', 'b'])
    cache.dropWebhooks(['webhook a'])
    expect(await loadsOf('a', 'b')).toEqual(['a'])
    cache.dropAll()
    await loadsOf('a', 'b')
    expect(await loadsOf('a', 'b')).toEqual([])
  })

  it('uses settings once when their change is announced during the load', async () => {
    let answer = () => {}
    const { cache, loadsOf } = cacheOf({}, {}, new Promise((resolve) => (answer = resolve)))
    const loading = cache.get('a')
    await new Promise((resolve) => setImmediate(resolve))
    cache.dropWebhooks(['webhook a'])
    answer()
    expect(await loading).toMatchObject({ id: 'a' })
    expect(await loadsOf('a', 'a')).toEqual(['a'])
  })
})
