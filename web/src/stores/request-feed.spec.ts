import type { LiveDelivery } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ids, openFeed, row, stubStoredRequests } from '../testing/stored-requests.js'
import { usePendingDeletionsStore } from './pending-deletions.js'
import { useRequestFeedStore } from './request-feed.js'
import { useToastsStore } from './toasts.js'

let server: ReturnType<typeof stubStoredRequests>
beforeEach(() => {
  setActivePinia(createPinia())
  server = stubStoredRequests()
})
afterEach(() => vi.unstubAllGlobals())
const opened = (count: number, filters = {}) => openFeed(server, count, filters)

describe('useRequestFeedStore', () => {
  it('fetches the remaining requests when requests were cleared', async () => {
    const { feed, shown } = await opened(5)
    server.rows = server.rows.slice(0, 2)
    feed.clear('another')
    expect(shown()).toHaveLength(5)
    feed.clear('w')
    await vi.waitFor(() => expect(feed.state).toBe('done'))
    expect(shown()).toEqual(ids(1, 2))
  })

  it('loads older rows without showing unseen ones', async () => {
    const { feed, live, shown } = await opened(150)
    live.pause()
    live.add(row(151))
    await vi.waitFor(() => expect(live.unseen).toBe(1))
    await feed.fetchOlder()
    expect(shown()).toEqual(ids(1, 150))
    expect(live.unseen).toBe(1)
  })

  it('fetches short or empty pages of a search until a screen is full', async () => {
    const pages = [[], [row(90)], [], Array.from({ length: 80 }, (_, n) => row(n + 1)), [row(0)]]
    vi.stubGlobal('fetch', async (path: string) => {
      const index = Number(new URL(path, 'http://whook').searchParams.get('cursor') ?? 0)
      const nextCursor = index + 1 < pages.length ? String(index + 1) : null
      return Response.json({ items: pages[index], nextCursor })
    })
    const feed = useRequestFeedStore()
    await feed.open('w', { q: 'needle' })
    expect(feed.state).toBe('done')
    expect(feed.rows.map(({ id }) => id)).toEqual([...ids(1, 80), 'id-000090'])
    await feed.fetchOlder()
    expect(feed.rows).toHaveLength(82)
  })

  it('fills a gap of many pages without duplicates, and updates older rows', async () => {
    const { feed, shown } = await opened(2)
    server.rows[1] = row(2, { deliveries: { ...row(2).deliveries, waiting: 0, delivered: 1 } })
    server.rows.push(...Array.from({ length: 500 }, (_, n) => row(n + 3)))
    await feed.refill()
    expect(shown()).toEqual(ids(1, 502))
    expect(feed.rows[1]!.deliveries.delivered).toBe(1)
  })

  it('fills a gap when the list was empty', async () => {
    const { feed, shown } = await opened(0)
    server.rows = [row(1), row(2)]
    await feed.refill()
    expect(shown()).toEqual(ids(1, 2))
  })

  it('updates the verification of a row when its signature is verified later', async () => {
    const { feed } = await opened(1)
    server.rows = [row(1, { verification: 'failed' })]
    feed.applyVerification('id-000001')
    await vi.waitFor(() => expect(feed.rows[0]!.verification).toBe('failed'), { timeout: 5000 })
  })

  it('does not add a removed request again when an older answer contains it', async () => {
    const { feed, shown } = await opened(3)
    feed.remove('id-000002')
    await feed.refill()
    expect(shown()).toEqual(['id-000001', 'id-000003'])
  })

  it('fetches again when a delivery changes and the status is filtered', async () => {
    const { feed, shown } = await opened(0, { status: 'failed' })
    server.rows = [row(1)]
    feed.applyDelivery({ webhookId: 'w', requestId: 'id-000001', status: 'dead' } as LiveDelivery)
    await vi.waitFor(() => expect(shown()).toEqual(['id-000001']), { timeout: 5000 })
  })
})

describe('delivery summary of a row', () => {
  const update = (n: number, status: LiveDelivery['status']) =>
    ({
      webhookId: 'w',
      requestId: row(n).id,
      status,
      lastStatusCode: 200,
      lastDurationMs: 5,
    }) as LiveDelivery

  it('includes a delivery that ended before the row was shown', async () => {
    const { feed, live, shown } = await opened(1)
    live.add(row(2))
    live.applyDelivery(update(2, 'delivered'))
    feed.applyDelivery(update(2, 'delivered'))
    await vi.waitFor(() => expect(shown()).toEqual(ids(1, 2)))
    expect(feed.rows[1]!.deliveries).toMatchObject({ delivered: 1, waiting: 0, lastStatusCode: 200 })
  })

  it('stays unchanged when a settled delivery changes, until the next fetch', async () => {
    const { feed } = await opened(1)
    feed.applyDelivery(update(1, 'delivered'))
    feed.applyDelivery({ ...update(1, 'retrying'), lastStatusCode: 503 })
    expect(feed.rows[0]!.deliveries).toMatchObject({ delivered: 1, lastStatusCode: 200 })
  })

  it('is fetched when a settled delivery changes again, as by a retry', async () => {
    const { feed } = await opened(1)
    feed.applyDelivery(update(1, 'dead'))
    expect(feed.rows[0]!.deliveries).toMatchObject({ failed: 1, waiting: 0 })
    server.rows[0] = row(1, { deliveries: { ...row(1).deliveries, waiting: 0, delivered: 1 } })
    feed.applyDelivery(update(1, 'delivered'))
    await vi.waitFor(
      () => expect(feed.rows[0]!.deliveries).toMatchObject({ failed: 0, delivered: 1, waiting: 0 }),
      { timeout: 5000 },
    )
  })
})

describe('a pending deletion', () => {
  const remove = (...removed: string[]) =>
    usePendingDeletionsStore().remove(removed, 'deleted', () => Promise.resolve())
  const undo = (index = 0) => useToastsStore().list[index]!.action!.run()

  it('hides a request during a refill, and undo restores it in its place', async () => {
    const { feed, shown } = await opened(3)
    remove('id-000002')
    await feed.refill()
    expect(shown()).toEqual(['id-000001', 'id-000003'])
    undo()
    expect(shown()).toEqual(ids(1, 3))
  })

  it('does not count a restored request as unseen when it was seen before', async () => {
    const { live, shown } = await opened(3)
    live.pause()
    remove('id-000003')
    remove('id-000002')
    undo()
    undo()
    expect(shown()).toEqual(ids(1, 3))
    expect(live.unseen).toBe(0)
  })
})
