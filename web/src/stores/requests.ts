import type { LiveDelivery, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, markRaw, reactive, ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'
import { mergeRows, settle } from './request-rows.js'

/** Maximum length of the filter text. The API has the same limit. */
export const filterCharsMax = 200
export type RequestFilters = Partial<
  Record<'q' | 'method' | 'status' | 'verification' | 'after' | 'before', string>
>

/** Maximum number of rows in memory. Older ones are fetched again on scroll. */
const rowsMax = 20_000
/** Rows that fill a screen. Pages of a search may be empty: fetch more pages until there are this many rows. */
const screenful = 60
/** Maximum number of selected requests. The API has the same limit for one replay. */
const chosenMax = 1000
/** Maximum number of rows that wait for the next frame. */
const incomingMax = 500
/** New rows flash only after this pause. In a stream the list would flash and repaint in every frame. */
const calmMs = 250
/** After an update the list waits this long per new row, at most `restMaxMs`. Single rows are shown immediately. */
const restPerRowMs = 20
const restMaxMs = 100
/** Number of rows whose deliveries are fetched again after a gap. */
const lookedAt = 100
/** Interval between two bookmark renewals while requests stream in. */
const renewEveryMs = 60_000
/** Maximum time between the receipt of a request and the creation of its id. */
const idDelayMs = 2
/** Minimum interval between fetches for live requests that only the server can match. */
const lookEveryMs = 700

/**
 * The live list of one webhook. `rows` is one raw array, oldest first. New rows are added at most once per frame.
 * While `following` is false the visible list does not change, and `unseen` counts the new rows.
 */
export const useRequestsStore = defineStore('requests', () => {
  const webhookId = ref('')
  const filters = ref<RequestFilters>({})
  const rows = shallowRef<RequestSummary[]>([])
  const ids = new Set<string>()
  const removed = new Map<string, { row: RequestSummary; seen: boolean }>()
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  const cursor = ref<string | null>(null)
  /** The requests stored after this position may not be fetched yet. */
  let bookmark: string | undefined
  /** A newer bookmark. Live messages of earlier requests may still be in transit, so it is used one renewal later. */
  let nextBookmark: string | undefined
  let renewedAt = 0
  const loadingMore = ref(false)
  const following = ref(true)
  const seenCount = ref(0)
  const arrived = ref(new Set<string>())
  const chosen = ref(new Set<string>())
  /** Number of times each signature was verified. Components that show the request watch it and fetch again. */
  const judged = reactive(new Map<string, number>())
  let incoming: RequestSummary[] = []
  let frame = 0
  let rest: ReturnType<typeof setTimeout> | undefined
  let flushedAt = 0
  let restsUntil = 0
  let generation = 0
  let looking: ReturnType<typeof setTimeout> | undefined

  const visible = computed(() => (following.value ? rows.value : rows.value.slice(0, seenCount.value)))
  const unseen = computed(() => (following.value ? 0 : rows.value.length - seenCount.value))
  const filtered = computed(() => Object.values(filters.value).some(Boolean))

  async function open(id: string, next: RequestFilters) {
    const mine = ++generation
    webhookId.value = id
    filters.value = next
    state.value = 'loading'
    reset([])
    loadingMore.value = true
    try {
      await loadPages(mine, 100)
      if (mine === generation) state.value = 'ready'
    } catch (problem) {
      if (mine !== generation) return
      error.value = problem as Error
      state.value = rows.value.length > 0 ? 'ready' : 'failed'
    } finally {
      if (mine === generation) loadingMore.value = false
    }
  }

  async function loadPages(mine: number, limit: number) {
    for (let found = 0; ;) {
      const query = { limit, cursor: cursor.value ?? undefined, ...filters.value }
      const page = await api.requests(webhookId.value, query)
      if (mine !== generation) return
      // Live messages may have added the same rows already: merge removes duplicates.
      merge(page.items)
      cursor.value = page.nextCursor
      bookmark ??= page.bookmark ?? undefined
      found += page.items.length
      if (!cursor.value || found >= screenful) return
      if (found > 0) state.value = 'ready'
    }
  }

  function reset(next: RequestSummary[]) {
    ids.clear()
    for (const { id } of next) ids.add(id)
    rows.value = markRaw(next)
    cursor.value = null
    bookmark = nextBookmark = undefined
    renewedAt = performance.now()
    following.value = true
    chosen.value = new Set()
    incoming = []
  }

  /** Adds rows in order. A paused list keeps its end: only newer rows count as unseen. */
  function merge(more: readonly RequestSummary[]) {
    const wanted = more.filter(({ id }) => !removed.has(id))
    if (wanted.length === 0) return
    const lastSeen = rows.value[seenCount.value - 1]?.id
    const next = mergeRows(rows.value, wanted)
    for (const { id } of wanted) ids.add(id)
    const over = Math.max(0, next.length - rowsMax)
    for (const { id } of next.splice(0, over)) ids.delete(id)
    rows.value = markRaw(next)
    if (!following.value) seenCount.value = lastSeen ? next.findLastIndex(({ id }) => id <= lastSeen) + 1 : 0
  }

  async function loadOlder() {
    if (!cursor.value || loadingMore.value) return
    const mine = generation
    loadingMore.value = true
    try {
      await loadPages(mine, 200)
    } catch (problem) {
      if (mine === generation) error.value = problem as Error
    } finally {
      if (mine === generation) loadingMore.value = false
    }
  }

  /** Fetches the requests since the bookmark, and the newest rows again, when live messages may be missing. */
  async function refill() {
    if (!webhookId.value) return
    if (state.value === 'failed') return open(webhookId.value, filters.value)
    if (state.value !== 'ready') return
    const mine = generation
    const newest = rows.value.at(-1)
    let added = 0
    try {
      for (let next: string | null | undefined; bookmark !== undefined && next !== null;) {
        const query = { limit: 200, since: bookmark, cursor: next, ...filters.value }
        const page = await api.requests(webhookId.value, query)
        if (mine !== generation) return
        merge(page.items)
        added += page.items.length
        next = page.nextCursor
        if (page.bookmark) {
          bookmark = page.bookmark
          nextBookmark = undefined
        }
      }
      const look = async (query: RequestFilters) => {
        const page = await api.requests(webhookId.value, { limit: lookedAt, ...filters.value, ...query })
        if (mine === generation) merge(page.items)
      }
      await look({})
      // With this many new rows, the rows known before are not among the newest: fetch them too.
      if (newest && added >= lookedAt && mine === generation && !filters.value.before)
        await look({ before: new Date(Date.parse(newest.receivedAt) + idDelayMs).toISOString() })
    } catch {
      // The socket is lost too: the banner shows it, and the reconnect calls refill again.
    }
  }

  /** Renews the bookmark while rows stream in, so that a refill reads minutes of requests and not hours. */
  function renewBookmark() {
    if (performance.now() - renewedAt < renewEveryMs) return
    renewedAt = performance.now()
    const mine = generation
    api.requests(webhookId.value, { limit: 1 }).then(
      (page) => {
        if (mine !== generation) return
        bookmark = nextBookmark ?? bookmark
        nextBookmark = page.bookmark ?? undefined
      },
      () => {
        // The older bookmark is still valid: a refill only reads more.
      },
    )
  }

  /** Schedules one refill for all live requests that only the server can match. */
  function lookSoon() {
    looking ??= setTimeout(() => {
      void refill().then(() => (looking = undefined))
    }, lookEveryMs)
  }

  function flushSoon() {
    if (frame || rest) return
    const restMs = restsUntil - performance.now()
    if (restMs <= 0) frame = requestAnimationFrame(flush)
    else
      rest = setTimeout(() => {
        rest = undefined
        frame = requestAnimationFrame(flush)
      }, restMs)
  }

  function flush() {
    cancelAnimationFrame(frame)
    frame = 0
    clearTimeout(rest)
    rest = undefined
    const fresh = incoming.filter(({ id }) => !ids.has(id))
    incoming = []
    const calm = performance.now() - flushedAt > calmMs
    flushedAt = performance.now()
    restsUntil = flushedAt + Math.min(restMaxMs, restPerRowMs * fresh.length)
    arrived.value = new Set(calm ? fresh.map(({ id }) => id) : [])
    merge(fresh)
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
    chosen,
    judged,
    open,
    loadOlder,
    refill,
    add(request: RequestSummary) {
      if (request.webhookId !== webhookId.value) return
      renewBookmark()
      const verdict = matches(request, filters.value)
      if (verdict === 'ask') return lookSoon()
      if (verdict === 'no') return
      incoming.push(request)
      // A background tab does not paint frames.
      if (incoming.length >= incomingMax) flush()
      else flushSoon()
    },
    remove(id: string) {
      const row = rows.value.find((candidate) => candidate.id === id)
      if (!row) return
      const index = rows.value.indexOf(row)
      removed.set(id, { row, seen: index < seenCount.value })
      ids.delete(id)
      rows.value = markRaw(rows.value.toSpliced(index, 1))
      if (index < seenCount.value) seenCount.value--
      chosen.value = new Set([...chosen.value].filter((one) => one !== id))
    },
    /** Undoes a removal. */
    restore(id: string) {
      const found = removed.get(id)
      removed.delete(id)
      if (found?.row.webhookId !== webhookId.value) return
      merge([found.row])
      // A row that was seen before does not count as unseen.
      if (found.seen) seenCount.value = Math.max(seenCount.value, rows.value.indexOf(found.row) + 1)
    },
    judge(id: string) {
      if (judged.size >= rowsMax) judged.clear()
      judged.set(id, (judged.get(id) ?? 0) + 1)
      if (ids.has(id)) lookSoon()
    },
    /** Many requests were deleted. Some may remain, such as those received since: fetch the list again. */
    clear(id: string) {
      if (id === webhookId.value) void open(id, filters.value)
    },
    applyDelivery(delivery: LiveDelivery) {
      if (delivery.webhookId === webhookId.value && filters.value.status) lookSoon()
      const isOf = ({ id }: RequestSummary) => id === delivery.requestId
      // The delivery may end before its row is shown.
      const fresh = incoming.findLastIndex(isOf)
      if (fresh >= 0) incoming[fresh] = moved(incoming[fresh]!, delivery)
      const index = rows.value.findLastIndex(isOf)
      const row = rows.value[index]
      if (!row) return
      // A settled delivery changed again, as by a retry or a replay. Its old status is unknown: fetch.
      if (row.deliveries.waiting === 0) lookSoon()
      rows.value = markRaw(rows.value.with(index, moved(row, delivery)))
    },
    /** Toggles the selection of a request for a bulk action. */
    choose(id: string) {
      const next = new Set(chosen.value)
      if (!next.delete(id) && next.size < chosenMax) next.add(id)
      chosen.value = next
    },
    chooseNone() {
      chosen.value = new Set()
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

const moved = (row: RequestSummary, delivery: LiveDelivery) => ({
  ...row,
  deliveries: settle(row.deliveries, delivery),
})

/** Matches a live request against the filters. Returns `ask` if only the server can match it: text, status, times. */
function matches(
  request: RequestSummary,
  { q, method, status, verification, after, before }: RequestFilters,
) {
  if (verification && request.verification !== verification) return 'no'
  if (before && Date.parse(request.receivedAt) > Date.parse(before)) return 'no'
  if (method && !method.toUpperCase().split(',').includes(request.method)) return 'no'
  return q || status || after || before ? 'ask' : 'yes'
}
