import type { RequestSummary, Webhook } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useToastsStore } from './toasts.js'
import { useWebhooksStore } from './webhooks.js'

/** Test double: a server that stores webhooks and returns them in pages. */
let held: Webhook[] = []
let refuses = false
const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

beforeEach(() => {
  setActivePinia(createPinia())
  held = Array.from({ length: 450 }, (_, n) => ({ id: `w-${n}`, status: 'active' }) as Webhook)
  refuses = false
  vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
    if (refuses) return json(503, { detail: 'Not now' })
    const url = new URL(path, 'http://whook')
    if (method === 'PATCH')
      return json(200, {
        ...held.find(({ id }) => url.pathname.endsWith(`/${id}`)),
        ...JSON.parse(String(body)),
      })
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const to = from + Number(url.searchParams.get('limit'))
    return json(200, { items: held.slice(from, to), nextCursor: to < held.length ? String(to) : null })
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('useWebhooksStore', () => {
  it('loads all webhooks when there are several pages', async () => {
    const store = useWebhooksStore()
    await store.fetchAll()
    expect([store.state, store.list.length]).toEqual(['done', 450])
  })

  it('keeps the list when a later fetch fails', async () => {
    const store = useWebhooksStore()
    refuses = true
    await store.fetchAll()
    expect(store.state).toBe('error')
    refuses = false
    await store.fetchAll()
    refuses = true
    await store.fetchAll()
    expect([store.state, store.list.length]).toEqual(['done', 450])
  })

  it('pauses and resumes a webhook, and shows a refusal as a toast', async () => {
    const store = useWebhooksStore()
    await store.fetchAll()
    await store.toggle('w-3')
    expect(store.byId.get('w-3')!.status).toBe('paused')
    await store.toggle('w-3')
    expect(store.byId.get('w-3')!.status).toBe('active')
    refuses = true
    await store.toggle('w-3')
    expect(store.byId.get('w-3')!.status).toBe('active')
    expect(useToastsStore().list.map(({ text }) => text)).toEqual(['Not now'])
  })

  it('counts the first request immediately, and batches the counts of a stream', async () => {
    vi.useFakeTimers()
    const store = useWebhooksStore()
    store.put({ id: 'w', requestCount: 0, requestCountToday: 0, sparkline: [0] } as unknown as Webhook)
    const receivedAt = '2026-01-01T00:00:00.000Z'
    const told: number[] = []
    for (let n = 0; n < 200; n++) {
      store.countRequest({ webhookId: 'w', receivedAt } as RequestSummary)
      told.push(store.byId.get('w')!.requestCount)
      await vi.advanceTimersByTimeAsync(5)
    }
    expect(told[0]).toBe(1)
    expect(new Set(told).size).toBeLessThanOrEqual(5)
    await vi.advanceTimersByTimeAsync(250)
    expect(store.byId.get('w')).toMatchObject({ requestCount: 200, requestCountToday: 200, sparkline: [200] })

    for (let n = 0; n < 3; n++) store.countRequest({ webhookId: 'w', receivedAt } as RequestSummary)
    store.put({ ...store.byId.get('w')!, requestCount: 203 })
    await vi.advanceTimersByTimeAsync(500)
    expect(store.byId.get('w')!.requestCount).toBe(203)
    vi.useRealTimers()
  })
})
