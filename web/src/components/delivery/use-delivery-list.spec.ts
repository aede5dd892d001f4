import type { Delivery, LiveDelivery } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useDeliveryList, type DeliveryFilters } from './use-delivery-list.js'

/** The outside world: a server that holds deliveries and pages them, newest first. */
let held: Delivery[] = []
const delivery = (n: number, more: Partial<Delivery> = {}) =>
  ({
    id: `d-${String(n).padStart(4, '0')}`,
    webhookId: 'w',
    destinationId: 'x',
    status: 'pending',
    ...more,
  }) as Delivery

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', async (path: string) => {
    const query = new URL(path, 'http://whook').searchParams
    const [cursor, status] = [query.get('cursor'), query.get('status')]
    const found = held
      .filter((one) => !status || one.status === status)
      .filter(({ id }) => !cursor || id < cursor)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
    const items = found.slice(0, Number(query.get('limit')))
    const nextCursor = found.length > items.length ? items.at(-1)!.id : null
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

  it('starts over with another filter', async () => {
    const { list, chosen, ids } = await opened(3)
    held[1] = delivery(2, { status: 'dead' })
    chosen.value = { status: 'dead' }
    await vi.waitFor(() => expect(ids()).toEqual(['d-0002']))
    expect(list.state.value).toBe('ready')
  })
})
