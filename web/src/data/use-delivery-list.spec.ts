import type { Delivery, LiveDelivery } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useDeliveryList, type DeliveryFilters } from './use-delivery-list.js'

/** Fake server that returns pages of deliveries, newest first. */
let stored: Delivery[] = []
const at = (n: number) => new Date(Date.UTC(2026, 10, 24) + n * 1000).toISOString()
const delivery = (n: number, more: Partial<Delivery> = {}) =>
  ({
    id: `d-${String(n).padStart(4, '0')}`,
    webhookId: 'w',
    destinationId: 'x',
    status: 'pending',
    createdAt: at(n),
    ...more,
  }) as Delivery
/** A late delivery of an old request. Its id contains the time of the request. */
const replay = (n: number, late: number) =>
  delivery(n, { id: `${delivery(n).id}-again`, createdAt: at(late) })
const place = ({ createdAt, id }: Delivery) => `${createdAt} ${id}`

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', async (path: string) => {
    const query = new URL(path, 'http://whook').searchParams
    const [cursor, status] = [query.get('cursor'), query.get('status')]
    const found = stored
      .filter((one) => !status || one.status === status)
      .filter((one) => !cursor || place(one) < cursor)
      .sort((a, b) => (place(a) < place(b) ? 1 : -1))
    const items = found.slice(0, Number(query.get('limit')))
    const nextCursor = found.length > items.length ? place(items.at(-1)!) : null
    return new Response(JSON.stringify({ items, nextCursor }), {
      headers: { 'content-type': 'application/json' },
    })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function opened(count: number, filters: DeliveryFilters = {}) {
  stored = Array.from({ length: count }, (_, n) => delivery(n + 1))
  const filter = ref(filters)
  const list = effectScope().run(() => useDeliveryList(() => filter.value))!
  await vi.waitFor(() => expect(list.state.value).toBe('done'))
  return { list, filter, live: useDeliveriesStore(), ids: () => list.shown.value.map(({ id }) => id) }
}
const move = (of: Delivery, more: Partial<LiveDelivery> = {}) => ({ ...of, ...more }) as LiveDelivery

describe('useDeliveryList', () => {
  it('updates its rows from live messages', async () => {
    const { list, live } = await opened(2)
    live.apply(move(delivery(2), { status: 'delivered', lastStatusCode: 200 }))
    expect(list.shown.value[0]).toMatchObject({ id: 'd-0002', status: 'delivered', lastStatusCode: 200 })
  })

  it('counts new deliveries that match, and shows them after a refresh', async () => {
    const { list, live, ids } = await opened(2, { status: 'pending' })
    live.apply(move(delivery(3)))
    live.apply(move(delivery(4, { status: 'dead' })))
    expect([list.unseen.value, ids()]).toEqual([1, ['d-0002', 'd-0001']])
    stored.push(delivery(3))
    await list.refresh()
    expect([list.unseen.value, ids()]).toEqual([0, ['d-0003', 'd-0002', 'd-0001']])
  })

  it('shows the state of the server after live messages were missed', async () => {
    const { list, live } = await opened(1)
    live.apply(move(delivery(1), { status: 'retrying' }))
    stored = [delivery(1, { status: 'delivered' })]
    live.reportGap()
    await vi.waitFor(() => expect(list.shown.value[0]!.status).toBe('delivered'))
  })

  it('keeps loaded older pages after a gap, each row once', async () => {
    const { list, live, ids } = await opened(250)
    await list.loadOlder()
    expect(ids()).toHaveLength(200)
    stored.push(delivery(251))
    live.reportGap()
    await vi.waitFor(() => expect(ids()).toHaveLength(201))
    await list.loadOlder()
    expect(new Set(ids()).size).toBe(251)
    expect(list.nextCursor.value).toBeNull()
  })

  it('keeps each row once after a gap when old requests were replayed', async () => {
    const { list, live, ids } = await opened(250)
    // The newest row, and the last row of the first page.
    stored.push(replay(3, 251), replay(4, 152.5))
    await list.refresh()
    await list.loadOlder()
    const before = ids()
    expect([before[0], before[99], before.length]).toEqual(['d-0003-again', 'd-0004-again', 202])
    live.reportGap()
    stored.push(delivery(252))
    await list.refresh()
    expect(ids()).toEqual(['d-0252', ...before])
  })

  it('loads all deliveries of a gap of more than one page', async () => {
    const { list, live, ids } = await opened(150)
    await list.loadOlder()
    stored.push(...Array.from({ length: 150 }, (_, n) => delivery(151 + n)))
    live.reportGap()
    await vi.waitFor(() => expect(ids()[0]).toBe('d-0300'))
    while (list.nextCursor.value) await list.loadOlder()
    expect(ids()).toEqual(stored.map(({ id }) => id).reverse())
  })

  it('counts a replay of an old request as new, but no older or listed row', async () => {
    const { list, live } = await opened(250)
    stored.push(replay(3, 251))
    await list.refresh()
    live.apply(move(delivery(200), { status: 'delivered' }))
    live.apply(move(delivery(20), { status: 'delivered' }))
    expect(list.unseen.value).toBe(0)
    live.apply(move(replay(5, 252)))
    expect(list.unseen.value).toBe(1)
    stored.push(replay(5, 252))
    await list.refresh()
    expect(list.unseen.value).toBe(0)
  })

  it('counts a delivery between its rows as new when it starts to match', async () => {
    const { list, live, ids } = await opened(3, { status: 'dead' })
    expect(ids()).toEqual([])
    stored = [delivery(1, { status: 'dead' }), delivery(2), delivery(3, { status: 'dead' })]
    await list.refresh()
    stored[1] = delivery(2, { status: 'dead' })
    live.apply(move(stored[1]))
    expect(list.unseen.value).toBe(1)
    await list.refresh()
    expect([list.unseen.value, ids()]).toEqual([0, ['d-0003', 'd-0002', 'd-0001']])
  })

  it('loads the first page again when the filter changes', async () => {
    const { list, filter, ids } = await opened(3)
    stored[1] = delivery(2, { status: 'dead' })
    filter.value = { status: 'dead' }
    await vi.waitFor(() => expect(ids()).toEqual(['d-0002']))
    expect(list.state.value).toBe('done')
  })
})
