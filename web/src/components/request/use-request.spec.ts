import type { DeliveryWithAttempts, LiveDelivery, WebhookRequest } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useRequestsStore } from '../../stores/requests.js'
import { useRequest } from './use-request.js'

/** The outside world: a server that holds one request and its deliveries. */
let held: DeliveryWithAttempts[] = []
let verification: WebhookRequest['verification'] = 'verified'
let asked: string[] = []
let gates: Promise<void>[] = []

const delivery = (id: string, more: Partial<DeliveryWithAttempts> = {}) =>
  ({
    id,
    requestId: 'r',
    destinationName: id,
    createdAt: '2026-11-24T10:00:00Z',
    status: 'pending',
    attemptCount: 0,
    nextAttemptAt: null,
    attempts: [],
    ...more,
  }) as unknown as DeliveryWithAttempts
const moved = (id: string, requestId = 'r') => ({ id, requestId, status: 'delivered' }) as LiveDelivery

async function answer(path: string): Promise<unknown> {
  if (path.endsWith('/requests/r')) return { id: 'r', verification } as WebhookRequest
  const one = held.find(({ id }) => path.endsWith(`/deliveries/${id}`))
  if (one) return one
  // What stands now, though it may be answered late.
  const items = [...held]
  await gates.shift()
  return { items }
}

const scope = effectScope()
function opened() {
  const moves = useDeliveriesStore()
  return { moves, ...scope.run(() => useRequest(() => 'r'))! }
}
beforeEach(() => {
  setActivePinia(createPinia())
  ;[held, asked, gates] = [[delivery('a'), delivery('b')], [], []]
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return new Response(JSON.stringify(await answer(path)), {
      headers: { 'content-type': 'application/json' },
    })
  })
})
afterEach(() => vi.unstubAllGlobals())

const standing = ({ deliveries }: ReturnType<typeof opened>) => deliveries.value.map(({ status }) => status)

describe('an open request', () => {
  it('sees its delivery move, though others moved in the same frame', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toEqual(['pending', 'pending']))
    held[0] = delivery('a', { status: 'delivered', attemptCount: 1 })
    shown.moves.apply(moved('a'))
    shown.moves.apply(moved('x', 'another'))
    await vi.waitFor(() => expect(standing(shown)).toEqual(['delivered', 'pending']))
  })

  it('shows replays before what they repeat, and those made at once by the names of their destinations', async () => {
    held = ['c', 'a', 'b'].map((id) => delivery(id))
    held.push(delivery('z', { createdAt: '2026-11-24T11:00:00Z' }))
    const shown = opened()
    await vi.waitFor(() => expect(shown.deliveries.value.map(({ id }) => id)).toEqual(['z', 'a', 'b', 'c']))
  })

  it('learns how its deliveries stand after something was missed', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toHaveLength(2))
    held[1] = delivery('b', { status: 'dead', attemptCount: 3 })
    shown.moves.miss()
    await vi.waitFor(() => expect(standing(shown)).toEqual(['pending', 'dead']))
  })

  it.each([
    ['when it is told', () => useRequestsStore().judge('r')],
    ['when that was missed', () => useDeliveriesStore().miss()],
  ])('learns that its signature was judged %s', async (_, tell) => {
    verification = 'pending'
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toHaveLength(2))
    expect(shown.request.value?.verification).toBe('pending')
    verification = 'verified'
    tell()
    await vi.waitFor(() => expect(shown.request.value?.verification).toBe('verified'))
  })

  it('learns each time that its signature was judged: a certificate may take several tries', async () => {
    verification = 'pending'
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toHaveLength(2))
    asked = []
    useRequestsStore().judge('r')
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    verification = 'failed'
    useRequestsStore().judge('r')
    await vi.waitFor(() => expect(shown.request.value?.verification).toBe('failed'))
  })

  it('fetches only the deliveries that moved', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toHaveLength(2))
    asked = []
    held[1] = delivery('b', { status: 'delivered', attemptCount: 1 })
    shown.moves.apply(moved('b'))
    await vi.waitFor(() => expect(standing(shown)).toEqual(['pending', 'delivered']))
    expect(asked.map((path) => path.replace('/api/v1', ''))).toEqual([
      '/requests/r/deliveries?limit=200',
      '/deliveries/b',
    ])
  })

  it('never covers a newer answer with an older one that came late', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(standing(shown)).toHaveLength(2))
    let release = () => {}
    gates = [new Promise((resolve) => (release = resolve))]
    shown.moves.apply(moved('a'))
    await vi.waitFor(() => expect(gates).toHaveLength(0))
    held = [delivery('a', { status: 'delivered', attemptCount: 1 })]
    shown.moves.apply(moved('a'))
    await vi.waitFor(() => expect(standing(shown)).toEqual(['delivered']))
    release()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(standing(shown)).toEqual(['delivered'])
  })
})
