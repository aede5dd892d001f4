import type { Delivery, LiveDelivery } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useDeliveryList, type DeliveryFilters } from './use-delivery-list.js'

/** The outside world: a server that holds deliveries and pages them, newest first. */
let held: Delivery[] = []
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
/** A late one of an old request: its id tells the time of the request. */
const replay = (n: number, late: number) =>
  delivery(n, { id: `${delivery(n).id}-again`, createdAt: at(late) })
const place = ({ createdAt, id }: Delivery) => `${createdAt} ${id}`

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', async (path: string) => {
    const query = new URL(path, 'http://whook').searchParams
    const [cursor, status] = [query.get('cursor'), query.get('status')]
    const found = held
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
  held = Array.from({ length: count }, (_, n) => delivery(n + 1))
  const chosen = ref(filters)
  const list = effectScope().run(() => useDeliveryList(() => chosen.value))!
  await vi.waitFor(() => expect(list.state.value).toBe('ready'))
  return { list, chosen, moves: useDeliveriesStore(), ids: () => list.shown.value.map(({ id }) => id) }
}
const move = (of: Delivery, more: Partial<LiveDelivery> = {}) => ({ ...of, ...more }) as LiveDelivery

describe('the list of deliveries', () => {
  it('shows what live messages tell of its rows', async () => {
    const { list, moves } = await opened(2)
    moves.apply(move(delivery(2), { status: 'delivered', lastStatusCode: 200 }))
    expect(list.shown.value[0]).toMatchObject({ id: 'd-0002', status: 'delivered', lastStatusCode: 200 })
  })

  it('counts new ones that match, without moving a row, and shows them when asked', async () => {
    const { list, moves, ids } = await opened(2, { status: 'pending' })
    moves.apply(move(delivery(3)))
    moves.apply(move(delivery(4, { status: 'dead' })))
    expect([list.unseen.value, ids()]).toEqual([1, ['d-0002', 'd-0001']])
    held.push(delivery(3))
    await list.refresh()
    expect([list.unseen.value, ids()]).toEqual([0, ['d-0003', 'd-0002', 'd-0001']])
  })

  it('trusts the server over what it heard before a gap', async () => {
    const { list, moves } = await opened(1)
    moves.apply(move(delivery(1), { status: 'retrying' }))
    held = [delivery(1, { status: 'delivered' })]
    moves.miss()
    await vi.waitFor(() => expect(list.shown.value[0]!.status).toBe('delivered'))
  })

  it('keeps the older pages a reader has loaded through a gap, each row once', async () => {
    const { list, moves, ids } = await opened(250)
    await list.loadOlder()
    expect(ids()).toHaveLength(200)
    held.push(delivery(251))
    moves.miss()
    await vi.waitFor(() => expect(ids()).toHaveLength(201))
    await list.loadOlder()
    expect(new Set(ids()).size).toBe(251)
    expect(list.cursor.value).toBeNull()
  })

  it('keeps each row once through a gap, replays of old requests as well', async () => {
    const { list, moves, ids } = await opened(250)
    // The newest of all, and the last of the first page.
    held.push(replay(3, 251), replay(4, 152.5))
    await list.refresh()
    await list.loadOlder()
    const before = ids()
    expect([before[0], before[99], before.length]).toEqual(['d-0003-again', 'd-0004-again', 202])
    moves.miss()
    held.push(delivery(252))
    await list.refresh()
    expect(ids()).toEqual(['d-0252', ...before])
  })

  it('leaves out nothing that came in a gap, however much', async () => {
    const { list, moves, ids } = await opened(150)
    await list.loadOlder()
    held.push(...Array.from({ length: 150 }, (_, n) => delivery(151 + n)))
    moves.miss()
    await vi.waitFor(() => expect(ids()[0]).toBe('d-0300'))
    while (list.cursor.value) await list.loadOlder()
    expect(ids()).toEqual(held.map(({ id }) => id).reverse())
  })

  it('counts as new what looking again would show: none of its rows, none older, a replay of an old request', async () => {
    const { list, moves } = await opened(250)
    held.push(replay(3, 251))
    await list.refresh()
    moves.apply(move(delivery(200), { status: 'delivered' }))
    moves.apply(move(delivery(20), { status: 'delivered' }))
    expect(list.unseen.value).toBe(0)
    moves.apply(move(replay(5, 252)))
    expect(list.unseen.value).toBe(1)
    held.push(replay(5, 252))
    await list.refresh()
    expect(list.unseen.value).toBe(0)
  })

  it('counts as new one of between its rows that came to match', async () => {
    const { list, moves, ids } = await opened(3, { status: 'dead' })
    expect(ids()).toEqual([])
    held = [delivery(1, { status: 'dead' }), delivery(2), delivery(3, { status: 'dead' })]
    await list.refresh()
    held[1] = delivery(2, { status: 'dead' })
    moves.apply(move(held[1]))
    expect(list.unseen.value).toBe(1)
    await list.refresh()
    expect([list.unseen.value, ids()]).toEqual([0, ['d-0003', 'd-0002', 'd-0001']])
  })

  it('starts over with another filter', async () => {
    const { list, chosen, ids } = await opened(3)
    held[1] = delivery(2, { status: 'dead' })
    chosen.value = { status: 'dead' }
    await vi.waitFor(() => expect(ids()).toEqual(['d-0002']))
    expect(list.state.value).toBe('ready')
  })
})
