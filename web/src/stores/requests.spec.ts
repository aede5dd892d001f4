import type { LiveDelivery, RequestPage, RequestSummary } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useRequestsStore } from './requests.js'

/** Test double: a server that stores rows and responds like the REST API. */
let held: RequestSummary[] = []
let asked: URL[] = []

const row = (n: number, more: Partial<RequestSummary> = {}): RequestSummary => ({
  id: `id-${String(n).padStart(6, '0')}`,
  webhookId: 'w',
  method: 'POST',
  path: '',
  query: '',
  contentType: null,
  size: 2,
  event: null,
  verification: 'unconfigured',
  refused: false,
  remoteAddress: '127.0.0.1',
  duplicateOf: null,
  replayOf: null,
  receivedAt: new Date(n).toISOString(),
  deliveries: {
    total: 1,
    delivered: 0,
    waiting: 1,
    retrying: 0,
    failed: 0,
    recovered: 0,
    filtered: 0,
    lastStatusCode: null,
    lastDurationMs: null,
  },
  ...more,
})

/** The stored ids at each response. A bookmark is an index of this list. */
let moments: Set<string>[] = []

function answer(url: URL): RequestPage {
  const { limit, cursor, since, q, before } = Object.fromEntries(url.searchParams)
  const found = held
    .filter(({ event }) => !q || event === q)
    .filter(({ receivedAt }) => !before || receivedAt < before)
    .sort((a, b) => (a.id < b.id ? 1 : -1) * (since ? -1 : 1))
    .filter(({ id }) => !since || !moments[Number(since)]!.has(id))
    .filter(({ id }) => !cursor || (since ? id > cursor : id < cursor))
  const items = found.slice(0, Number(limit))
  const nextCursor = found.length > items.length ? items.at(-1)!.id : null
  const bookmark = since && nextCursor ? null : String(moments.push(new Set(held.map(({ id }) => id))) - 1)
  return { items, nextCursor, bookmark }
}

beforeEach(() => {
  setActivePinia(createPinia())
  held = []
  moments = []
  asked = []
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://whook')
    asked.push(url)
    return new Response(JSON.stringify(answer(url)), { headers: { 'content-type': 'application/json' } })
  })
})
afterEach(() => vi.unstubAllGlobals())

const shown = (store: ReturnType<typeof useRequestsStore>) => store.visible.map(({ id }) => id)
const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `id-${String(from + n).padStart(6, '0')}`)

async function opened(count: number, filters = {}) {
  held = Array.from({ length: count }, (_, n) => row(n + 1))
  const store = useRequestsStore()
  await store.open('w', filters)
  return store
}

describe('useRequestsStore', () => {
  it('fetches the remaining requests when requests were cleared', async () => {
    const store = await opened(5)
    held = held.slice(0, 2)
    store.clear('another')
    expect(shown(store)).toHaveLength(5)
    store.clear('w')
    await vi.waitFor(() => expect(store.state).toBe('ready'))
    expect(shown(store)).toEqual(ids(1, 2))
  })

  it('shows a request once when it is fetched and also received live', async () => {
    const store = useRequestsStore()
    held = [row(1), row(2)]
    const opening = store.open('w', {})
    store.add(row(2))
    await opening
    store.add(row(3))
    store.add(row(3))
    await vi.waitFor(() => expect(shown(store)).toEqual(ids(1, 3)))
  })

  it('counts new requests while paused, and shows them on follow', async () => {
    const store = await opened(3)
    store.pause()
    store.add(row(4))
    store.add(row(5))
    await vi.waitFor(() => expect(store.unseen).toBe(2))
    expect(shown(store)).toEqual(ids(1, 3))
    store.follow()
    expect(shown(store)).toEqual(ids(1, 5))
  })

  it('loads older rows without showing unseen ones', async () => {
    const store = await opened(150)
    store.pause()
    store.add(row(151))
    await vi.waitFor(() => expect(store.unseen).toBe(1))
    await store.loadOlder()
    expect(shown(store)).toEqual(ids(1, 150))
    expect(store.unseen).toBe(1)
  })

  it('fetches short or empty pages of a search until a screen is full', async () => {
    const pages = [[], [row(90)], [], Array.from({ length: 80 }, (_, n) => row(n + 1)), [row(0)]]
    vi.stubGlobal('fetch', async (path: string) => {
      const index = Number(new URL(path, 'http://whook').searchParams.get('cursor') ?? 0)
      const nextCursor = index + 1 < pages.length ? String(index + 1) : null
      return new Response(JSON.stringify({ items: pages[index], nextCursor }), {
        headers: { 'content-type': 'application/json' },
      })
    })
    const store = useRequestsStore()
    await store.open('w', { q: 'needle' })
    expect(store.state).toBe('ready')
    expect(shown(store)).toEqual([...ids(1, 80), 'id-000090'])
    await store.loadOlder()
    expect(shown(store)).toHaveLength(82)
  })

  it('fills a gap of many pages without duplicates, and updates older rows', async () => {
    const store = await opened(2)
    held[1] = row(2, { deliveries: { ...row(2).deliveries, waiting: 0, delivered: 1 } })
    held.push(...Array.from({ length: 500 }, (_, n) => row(n + 3)))
    await store.refill()
    expect(shown(store)).toEqual(ids(1, 502))
    expect(store.rows[1]!.deliveries.delivered).toBe(1)
  })

  it('fills a gap when the list was empty', async () => {
    const store = await opened(0)
    held = [row(1), row(2)]
    await store.refill()
    expect(shown(store)).toEqual(ids(1, 2))
  })

  it('ignores live requests of another webhook', async () => {
    const store = await opened(1)
    store.add(row(2, { webhookId: 'other' }))
    store.add(row(3))
    await vi.waitFor(() => expect(store.rows.length).toBe(2))
    expect(shown(store)).not.toContain('id-000002')
  })
})

describe('delivery summary of a row', () => {
  const told = (n: number, status: LiveDelivery['status']) =>
    ({
      webhookId: 'w',
      requestId: row(n).id,
      status,
      lastStatusCode: 200,
      lastDurationMs: 5,
    }) as LiveDelivery

  it('includes a delivery that ended before the row was shown', async () => {
    const store = await opened(1)
    store.add(row(2))
    store.applyDelivery(told(2, 'delivered'))
    await vi.waitFor(() => expect(shown(store)).toEqual(ids(1, 2)))
    expect(store.rows[1]!.deliveries).toMatchObject({ delivered: 1, waiting: 0, lastStatusCode: 200 })
  })

  it('stays unchanged when a settled delivery changes, until the next fetch', async () => {
    const store = await opened(1)
    store.applyDelivery(told(1, 'delivered'))
    store.applyDelivery({ ...told(1, 'retrying'), lastStatusCode: 503 })
    expect(store.rows[0]!.deliveries).toMatchObject({ delivered: 1, lastStatusCode: 200 })
  })

  it('is fetched when a settled delivery changes again, as by a retry', async () => {
    const store = await opened(1)
    store.applyDelivery(told(1, 'dead'))
    expect(store.rows[0]!.deliveries).toMatchObject({ failed: 1, waiting: 0 })
    held[0] = row(1, { deliveries: { ...row(1).deliveries, waiting: 0, delivered: 1 } })
    store.applyDelivery(told(1, 'delivered'))
    await vi.waitFor(
      () => expect(store.rows[0]!.deliveries).toMatchObject({ failed: 0, delivered: 1, waiting: 0 }),
      { timeout: 5000 },
    )
  })
})

it('adds rows when no frame is painted, as in a background tab', async () => {
  const store = await opened(0)
  vi.stubGlobal('requestAnimationFrame', () => 1)
  for (let n = 1; n <= 2500; n++) store.add(row(n))
  expect(store.rows.length).toBeGreaterThanOrEqual(2000)
  expect(new Set(shown(store)).size).toBe(store.rows.length)
})

it('shows single rows in the next frame, and batches the rows of a stream', async () => {
  const store = await opened(0)
  vi.useFakeTimers()
  const changes = async (everyMs: number, rows: number) => {
    const lengths = new Set<number>()
    const before = store.rows.length
    for (let n = 0; n < rows; n++) {
      store.add(row(before + n))
      await vi.advanceTimersByTimeAsync(everyMs)
      lengths.add(store.rows.length)
    }
    await vi.advanceTimersByTimeAsync(200)
    return [store.rows.length - before, lengths.size]
  }
  expect(await changes(40, 20)).toEqual([20, 20])
  const [all, frames] = await changes(5, 200)
  expect(all).toBe(200)
  expect(frames).toBeLessThan(20)
  vi.useRealTimers()
})

it('updates the verification of a row when its signature is verified later', async () => {
  const store = await opened(1)
  held = [row(1, { verification: 'failed' })]
  store.judge('id-000001')
  await vi.waitFor(() => expect(store.rows[0]!.verification).toBe('failed'), { timeout: 5000 })
})

describe('a filtered list', () => {
  it('fetches once for several live requests that only the server can match', async () => {
    const store = await opened(0, { q: 'paid' })
    const before = asked.length
    held = [row(1, { event: 'paid' }), row(2, { event: 'other' }), row(3, { event: 'paid' })]
    for (const request of held) store.add(request)
    await vi.waitFor(() => expect(shown(store)).toEqual(['id-000001', 'id-000003']), { timeout: 5000 })
    expect(asked.length - before).toBeLessThan(3)
    expect(asked.at(-1)!.searchParams.get('q')).toBe('paid')
  })

  it('matches the method in the browser, without a fetch', async () => {
    const store = await opened(0, { method: 'PUT' })
    const before = asked.length
    store.add(row(1))
    store.add(row(2, { method: 'PUT' }))
    await vi.waitFor(() => expect(shown(store)).toEqual(['id-000002']))
    expect(asked.length).toBe(before)
  })

  it('fetches again when a delivery changes and the status is filtered', async () => {
    const store = await opened(0, { status: 'failed' })
    held = [row(1)]
    store.applyDelivery({ webhookId: 'w', requestId: 'id-000001', status: 'dead' } as LiveDelivery)
    await vi.waitFor(() => expect(shown(store)).toEqual(['id-000001']), { timeout: 5000 })
  })
})

describe('remove', () => {
  it('hides a removed request during a refill, and restores it in its place', async () => {
    const store = await opened(3)
    store.remove('id-000002')
    await store.refill()
    expect(shown(store)).toEqual(['id-000001', 'id-000003'])
    store.restore('id-000002')
    expect(shown(store)).toEqual(ids(1, 3))
  })
})

it('does not count a restored request as unseen when it was seen before', async () => {
  const store = await opened(3)
  store.pause()
  store.remove('id-000003')
  store.remove('id-000002')
  store.restore('id-000003')
  store.restore('id-000002')
  expect(shown(store)).toEqual(ids(1, 3))
})

describe('choose', () => {
  it('toggles a row, and clears the selection when another list is opened', async () => {
    const store = await opened(3)
    store.choose('id-000001')
    store.choose('id-000002')
    store.choose('id-000001')
    expect([...store.chosen]).toEqual(['id-000002'])
    store.remove('id-000002')
    expect(store.chosen.size).toBe(0)
    store.choose('id-000003')
    await store.open('w', { q: 'x' })
    expect(store.chosen.size).toBe(0)
  })
})
