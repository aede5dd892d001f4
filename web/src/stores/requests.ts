import type { DeliveryStatus, LiveDelivery, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, markRaw, ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'

export type RequestFilters = Partial<Record<'q' | 'method' | 'status' | 'after' | 'before', string>>

/** Rows kept in memory; older ones are fetched again when scrolled to. */
const rowsMax = 20_000

/**
 * The live list of one webhook. Rows stand oldest first in one raw array; new ones are gathered and shown once per frame.
 * While `following` is off the visible list does not move: what came since is counted in `unseen`.
 */
export const useRequestsStore = defineStore('requests', () => {
  const webhookId = ref('')
  const filters = ref<RequestFilters>({})
  const rows = shallowRef<RequestSummary[]>([])
  const ids = new Set<string>()
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  const cursor = ref<string | null>(null)
  const loadingMore = ref(false)
  const following = ref(true)
  const seenCount = ref(0)
  const arrived = ref(new Set<string>())
  let incoming: RequestSummary[] = []
  let frame = 0
  let generation = 0

  const visible = computed(() => (following.value ? rows.value : rows.value.slice(0, seenCount.value)))
  const unseen = computed(() => (following.value ? 0 : rows.value.length - seenCount.value))
  const filtered = computed(() => Object.values(filters.value).some(Boolean))

  async function open(id: string, next: RequestFilters) {
    const mine = ++generation
    webhookId.value = id
    filters.value = next
    state.value = 'loading'
    reset([])
    try {
      const page = await api.requests(id, { limit: 100, ...next })
      if (mine !== generation) return
      // Live messages may have come first: the set keeps twins out.
      const live = rows.value
      reset(page.items.toReversed())
      append(live.filter((row) => !ids.has(row.id)))
      cursor.value = page.nextCursor
      state.value = 'ready'
    } catch (problem) {
      if (mine !== generation) return
      error.value = problem as Error
      state.value = 'failed'
    }
  }

  function reset(next: RequestSummary[]) {
    ids.clear()
    for (const { id } of next) ids.add(id)
    rows.value = markRaw(next)
    cursor.value = null
    following.value = true
    incoming = []
  }

  function append(more: RequestSummary[]) {
    if (more.length === 0) return
    for (const { id } of more) ids.add(id)
    const next = rows.value.concat(more)
    const over = Math.max(0, next.length - rowsMax)
    for (const { id } of next.slice(0, over)) ids.delete(id)
    rows.value = markRaw(next.slice(over))
    seenCount.value = Math.max(0, seenCount.value - over)
  }

  async function loadOlder() {
    if (!cursor.value || loadingMore.value) return
    const mine = generation
    loadingMore.value = true
    try {
      const page = await api.requests(webhookId.value, { limit: 200, cursor: cursor.value, ...filters.value })
      if (mine !== generation) return
      const older = page.items.filter(({ id }) => !ids.has(id)).toReversed()
      for (const { id } of older) ids.add(id)
      rows.value = markRaw(older.concat(rows.value))
      seenCount.value += older.length
      cursor.value = page.nextCursor
    } finally {
      loadingMore.value = false
    }
  }

  /** After the socket was away: everything since the newest row, oldest first, twins dropped. */
  async function refill() {
    if (!webhookId.value || state.value !== 'ready') return
    const mine = generation
    const newest = rows.value.at(-1)?.id
    if (!newest) return open(webhookId.value, filters.value)
    let next: string | null | undefined
    do {
      const page = await api.requests(webhookId.value, {
        limit: 200,
        since: newest,
        cursor: next ?? undefined,
        ...filters.value,
      })
      if (mine !== generation) return
      append(page.items.filter(({ id }) => !ids.has(id)))
      const fresh = new Map(page.items.map((item) => [item.id, item]))
      rows.value = markRaw(rows.value.map((row) => fresh.get(row.id) ?? row))
      next = page.nextCursor
    } while (next)
  }

  function flush() {
    frame = 0
    const fresh = incoming.filter(({ id }) => !ids.has(id))
    incoming = []
    arrived.value = new Set(fresh.map(({ id }) => id))
    append(fresh)
  }

  return {
    webhookId,
    filters,
    rows,
    visible,
    unseen,
    filtered,
    following,
    state,
    error,
    cursor,
    loadingMore,
    arrived,
    open,
    loadOlder,
    refill,
    add(request: RequestSummary) {
      if (request.webhookId !== webhookId.value) return
      if (filtered.value && !mayMatch(request, filters.value)) return
      incoming.push(request)
      frame ||= requestAnimationFrame(flush)
    },
    remove(id: string) {
      if (!ids.delete(id)) return
      rows.value = markRaw(rows.value.filter((row) => row.id !== id))
      seenCount.value = Math.min(seenCount.value, rows.value.length)
    },
    clear(id: string) {
      if (id === webhookId.value) reset([])
    },
    applyDelivery(delivery: LiveDelivery) {
      const index = rows.value.findLastIndex(({ id }) => id === delivery.requestId)
      const row = rows.value[index]
      if (!row) return
      rows.value = markRaw(rows.value.with(index, { ...row, deliveries: settle(row.deliveries, delivery) }))
    },
    follow() {
      following.value = true
    },
    pause() {
      if (!following.value) return
      seenCount.value = rows.value.length
      following.value = false
    },
  }
})

/** What the browser can tell of a filter; text is left to the server, so a text filter shows only what was fetched. */
function mayMatch(request: RequestSummary, { q, method, status, before }: RequestFilters): boolean {
  if (q || status || before) return false
  return !method || method.toUpperCase().split(',').includes(request.method)
}

const groups: Partial<Record<DeliveryStatus, 'delivered' | 'failed' | 'filtered'>> = {
  delivered: 'delivered',
  dead: 'failed',
  filtered: 'filtered',
  cancelled: 'filtered',
}

/** A row's summary after one of its deliveries moved; exact again with the next fetch. */
function settle(
  summary: RequestSummary['deliveries'],
  { status, lastStatusCode, lastDurationMs }: LiveDelivery,
) {
  const group = groups[status]
  const next = { ...summary, lastStatusCode, lastDurationMs: lastDurationMs ?? summary.lastDurationMs }
  if (!group || summary.waiting === 0) return next
  return { ...next, waiting: summary.waiting - 1, [group]: summary[group] + 1 }
}
