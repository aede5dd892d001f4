import type { DeliveryWithAttempts, LiveDelivery, WebhookRequest } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useRequestFeedStore } from '../stores/request-feed.js'
import { useRequest } from './use-request.js'

/** Fake server with one request and its deliveries. */
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
  // The deliveries at the time of the call. A gate can delay the response.
  const items = [...held]
  await gates.shift()
  return { items }
}

const scope = effectScope()
function opened() {
  const live = useDeliveriesStore()
  return { live, ...scope.run(() => useRequest(() => 'r'))! }
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

const statuses = ({ deliveries }: ReturnType<typeof opened>) => deliveries.value.map(({ status }) => status)

describe('useRequest', () => {
  it('updates its delivery when deliveries of other requests move in the same frame', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toEqual(['pending', 'pending']))
    held[0] = delivery('a', { status: 'delivered', attemptCount: 1 })
    shown.live.apply(moved('a'))
    shown.live.apply(moved('x', 'another'))
    await vi.waitFor(() => expect(statuses(shown)).toEqual(['delivered', 'pending']))
  })

  it('sorts newest first, and deliveries of one time by destination name', async () => {
    held = ['c', 'a', 'b'].map((id) => delivery(id))
    held.push(delivery('z', { createdAt: '2026-11-24T11:00:00Z' }))
    const shown = opened()
    await vi.waitFor(() => expect(shown.deliveries.value.map(({ id }) => id)).toEqual(['z', 'a', 'b', 'c']))
  })

  it('fetches its deliveries again when live messages were missed', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toHaveLength(2))
    held[1] = delivery('b', { status: 'dead', attemptCount: 3 })
    shown.live.reportGap()
    await vi.waitFor(() => expect(statuses(shown)).toEqual(['pending', 'dead']))
  })

  it.each([
    ['when a live message reports it', () => useRequestFeedStore().applyVerification('r')],
    ['when that message was missed', () => useDeliveriesStore().reportGap()],
  ])('fetches the verification result %s', async (_, report) => {
    verification = 'pending'
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toHaveLength(2))
    expect(shown.request.value?.verification).toBe('pending')
    verification = 'verified'
    report()
    await vi.waitFor(() => expect(shown.request.value?.verification).toBe('verified'))
  })

  it('fetches the request again on each of several verification results', async () => {
    verification = 'pending'
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toHaveLength(2))
    asked = []
    useRequestFeedStore().applyVerification('r')
    await vi.waitFor(() => expect(asked).toHaveLength(2))
    verification = 'failed'
    useRequestFeedStore().applyVerification('r')
    await vi.waitFor(() => expect(shown.request.value?.verification).toBe('failed'))
  })

  it('fetches only the deliveries that moved', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toHaveLength(2))
    asked = []
    held[1] = delivery('b', { status: 'delivered', attemptCount: 1 })
    shown.live.apply(moved('b'))
    await vi.waitFor(() => expect(statuses(shown)).toEqual(['pending', 'delivered']))
    expect(asked.map((path) => path.replace('/api/v1', ''))).toEqual([
      '/requests/r/deliveries?limit=200',
      '/deliveries/b',
    ])
  })

  it('ignores an older response that arrives after a newer one', async () => {
    const shown = opened()
    await vi.waitFor(() => expect(statuses(shown)).toHaveLength(2))
    let release = () => {}
    gates = [new Promise((resolve) => (release = resolve))]
    shown.live.apply(moved('a'))
    await vi.waitFor(() => expect(gates).toHaveLength(0))
    held = [delivery('a', { status: 'delivered', attemptCount: 1 })]
    shown.live.apply(moved('a'))
    await vi.waitFor(() => expect(statuses(shown)).toEqual(['delivered']))
    release()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(statuses(shown)).toEqual(['delivered'])
  })
})
