import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ids, openFeed, row, stubStoredRequests } from '../testing/stored-requests.js'
import { useLiveBufferStore } from './live-buffer.js'
import { useRequestFeedStore } from './request-feed.js'

let server: ReturnType<typeof stubStoredRequests>
beforeEach(() => {
  setActivePinia(createPinia())
  server = stubStoredRequests()
})
afterEach(() => vi.unstubAllGlobals())
const opened = (count: number, filters = {}) => openFeed(server, count, filters)

describe('useLiveBufferStore', () => {
  it('shows a request once when it is fetched and also received live', async () => {
    const [feed, live] = [useRequestFeedStore(), useLiveBufferStore()]
    server.rows = [row(1), row(2)]
    const opening = feed.open('w', {})
    live.add(row(2))
    await opening
    live.add(row(3))
    live.add(row(3))
    await vi.waitFor(() => expect(live.visible.map(({ id }) => id)).toEqual(ids(1, 3)))
  })

  it('counts new requests while paused, and shows them on follow', async () => {
    const { live, shown } = await opened(3)
    live.pause()
    live.add(row(4))
    live.add(row(5))
    await vi.waitFor(() => expect(live.unseen).toBe(2))
    expect(shown()).toEqual(ids(1, 3))
    live.follow()
    expect(shown()).toEqual(ids(1, 5))
  })

  it('ignores live requests of another webhook', async () => {
    const { feed, live, shown } = await opened(1)
    live.add(row(2, { webhookId: 'other' }))
    live.add(row(3))
    await vi.waitFor(() => expect(feed.rows.length).toBe(2))
    expect(shown()).not.toContain('id-000002')
  })

  it('drops waiting rows and follows again when another list is opened', async () => {
    const { feed, live, shown } = await opened(1)
    live.pause()
    live.add(row(9))
    server.rows = [row(2, { webhookId: 'v' })]
    await feed.open('v', {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([live.following, shown()]).toEqual([true, ['id-000002']])
  })

  it('adds rows when no frame is painted, as in a background tab', async () => {
    const { feed, live, shown } = await opened(0)
    vi.stubGlobal('requestAnimationFrame', () => 1)
    for (let n = 1; n <= 2500; n++) live.add(row(n))
    expect(feed.rows.length).toBeGreaterThanOrEqual(2000)
    expect(new Set(shown()).size).toBe(feed.rows.length)
  })

  it('shows single rows in the next frame, and batches the rows of a stream', async () => {
    const { feed, live } = await opened(0)
    vi.useFakeTimers()
    const changes = async (everyMs: number, rows: number) => {
      const lengths = new Set<number>()
      const before = feed.rows.length
      for (let n = 0; n < rows; n++) {
        live.add(row(before + n))
        await vi.advanceTimersByTimeAsync(everyMs)
        lengths.add(feed.rows.length)
      }
      await vi.advanceTimersByTimeAsync(200)
      return [feed.rows.length - before, lengths.size]
    }
    expect(await changes(40, 20)).toEqual([20, 20])
    const [all, frames] = await changes(5, 200)
    expect(all).toBe(200)
    expect(frames).toBeLessThan(20)
    vi.useRealTimers()
  })
})

describe('a filtered list', () => {
  it('fetches once for several live requests that only the server can match', async () => {
    const { live, shown } = await opened(0, { q: 'paid' })
    const before = server.asked.length
    server.rows = [row(1, { event: 'paid' }), row(2, { event: 'other' }), row(3, { event: 'paid' })]
    for (const request of server.rows) live.add(request)
    await vi.waitFor(() => expect(shown()).toEqual(['id-000001', 'id-000003']), { timeout: 5000 })
    expect(server.asked.length - before).toBeLessThan(3)
    expect(server.asked.at(-1)!.searchParams.get('q')).toBe('paid')
  })

  it('matches the method in the browser, without a fetch', async () => {
    const { live, shown } = await opened(0, { method: 'PUT' })
    const before = server.asked.length
    live.add(row(1))
    live.add(row(2, { method: 'PUT' }))
    await vi.waitFor(() => expect(shown()).toEqual(['id-000002']))
    expect(server.asked.length).toBe(before)
  })
})
