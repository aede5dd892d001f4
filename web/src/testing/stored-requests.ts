import type { RequestPage, RequestSummary } from '@whook/shared'
import { vi } from 'vitest'
import { useLiveBufferStore } from '../stores/live-buffer.js'
import { useRequestFeedStore } from '../stores/request-feed.js'

/** Returns a request with the id `id-00000n`, received n milliseconds after 1970. */
export const row = (n: number, more: Partial<RequestSummary> = {}): RequestSummary => ({
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

export const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `id-${String(from + n).padStart(6, '0')}`)

/** Replaces `fetch` by a server that stores `rows` and lists them like the REST API. `asked` has the URLs it received. */
export function stubStoredRequests() {
  const server = { rows: [] as RequestSummary[], asked: [] as URL[] }
  /** The stored ids at each response. A bookmark is an index of this list. */
  const moments: Set<string>[] = []

  function answer(url: URL): RequestPage {
    const { limit, cursor, since, q, before } = Object.fromEntries(url.searchParams)
    const found = server.rows
      .filter(({ event }) => !q || event === q)
      .filter(({ receivedAt }) => !before || receivedAt < before)
      .sort((a, b) => (a.id < b.id ? 1 : -1) * (since ? -1 : 1))
      .filter(({ id }) => !since || !moments[Number(since)]!.has(id))
      .filter(({ id }) => !cursor || (since ? id > cursor : id < cursor))
    const items = found.slice(0, Number(limit))
    const nextCursor = found.length > items.length ? items.at(-1)!.id : null
    const bookmark =
      since && nextCursor ? null : String(moments.push(new Set(server.rows.map(({ id }) => id))) - 1)
    return { items, nextCursor, bookmark }
  }
  vi.stubGlobal('fetch', async (path: string) => {
    const url = new URL(path, 'http://whook')
    server.asked.push(url)
    return Response.json(answer(url))
  })
  return server
}

/** Opens a list of `count` requests. Returns its stores and `shown`, which returns the visible ids. */
export async function openFeed(server: { rows: RequestSummary[] }, count: number, filters = {}) {
  server.rows = Array.from({ length: count }, (_, n) => row(n + 1))
  const feed = useRequestFeedStore()
  const live = useLiveBufferStore()
  await feed.open('w', filters)
  return { feed, live, shown: () => live.visible.map(({ id }) => id) }
}
