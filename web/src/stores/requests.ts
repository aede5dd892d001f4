import type { LiveDelivery, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, markRaw, reactive, ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'
import { mergeRows, settle } from './request-rows.js'

/** Of the text in a filter, as the server takes it. */
export const filterCharsMax = 200
export type RequestFilters = Partial<
  Record<'q' | 'method' | 'status' | 'verification' | 'after' | 'before', string>
>

/** Rows kept in memory; older ones are fetched again when scrolled to. */
const rowsMax = 20_000
/** A search answers page by page, and pages may be empty: it goes on until there are as many as a screen shows. */
const screenful = 60
/** As many as one bulk act takes. */
const chosenMax = 1000
/** Rows that wait for a frame. */
const incomingMax = 500
/** News flash only after as much quiet: a list that streams would do nothing else, and repaint for it each frame. */
const calmMs = 250
/** A stream is gathered: after some rows the list rests so long for each, up to a most. One by one they are shown at once. */
const restPerRowMs = 20
const restMaxMs = 100
/** Rows whose deliveries are looked at again after a gap. */
const lookedAt = 100
/** Milliseconds between two bookmarks of a list that streams. */
const renewEveryMs = 60_000
/** An id is made within this time after its request was received. */
const idDelayMs = 2
/** What the browser cannot judge by itself is asked of the server, this often at most. */
const lookEveryMs = 700

/**
 * The live list of one webhook. Rows stand oldest first in one raw array; new ones are gathered and shown once per frame.
 * While `following` is off the visible list does not move: what came since is counted in `unseen`.
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
  /** What was stored after it was not fetched yet. */
  let bookmark: string | undefined
  /** A later one: live messages of what came before it may be on their way, so it is used one renewal later. */
  let nextBookmark: string | undefined
  let renewedAt = 0
  const loadingMore = ref(false)
  const following = ref(true)
  const seenCount = ref(0)
  const arrived = ref(new Set<string>())
  const chosen = ref(new Set<string>())
  /** How often the signature of one was judged while this page was open: whoever shows it fetches it again each time. */
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
      // Live messages may have come first: the merge keeps twins out.
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

  /** Takes rows in at their place. A reader's list keeps its end: only what is newer counts as unseen. */
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

  /** After something may have been missed: what was stored since the last look, and how the newest rows stand now. */
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
      // So many are new that the rows known before are not among the newest.
      if (newest && added >= lookedAt && mine === generation && !filters.value.before)
        await look({ before: new Date(Date.parse(newest.receivedAt) + idDelayMs).toISOString() })
    } catch {
      // The socket is lost as well then: the banner says so, and its return refills again.
    }
  }

  /** While rows stream in, so that a refill reads minutes of them and not hours. */
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
        // The older bookmark still leads to everything: a refill reads more.
      },
    )
  }

  /** A filter that only the server can judge: it is asked again soon, once for all that came meanwhile. */
  function lookSoon() {
    looking ??= setTimeout(async () => {
      await refill()
      looking = undefined
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
      // A tab behind others paints no frame.
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
    /** Takes a removal back. */
    restore(id: string) {
      const found = removed.get(id)
      removed.delete(id)
      if (found?.row.webhookId !== webhookId.value) return
      merge([found.row])
      // What was seen before is not news.
      if (found.seen) seenCount.value = Math.max(seenCount.value, rows.value.indexOf(found.row) + 1)
    },
    judge(id: string) {
      if (judged.size >= rowsMax) judged.clear()
      judged.set(id, (judged.get(id) ?? 0) + 1)
      if (ids.has(id)) lookSoon()
    },
    /** Many of it are gone, and some may be left: those that a filter spared, and what came meanwhile. */
    clear(id: string) {
      if (id === webhookId.value) void open(id, filters.value)
    },
    applyDelivery(delivery: LiveDelivery) {
      if (delivery.webhookId === webhookId.value && filters.value.status) lookSoon()
      const isOf = ({ id }: RequestSummary) => id === delivery.requestId
      // It may be done before its row was ever shown.
      const fresh = incoming.findLastIndex(isOf)
      if (fresh >= 0) incoming[fresh] = moved(incoming[fresh]!, delivery)
      const index = rows.value.findLastIndex(isOf)
      const row = rows.value[index]
      if (!row) return
      // A settled one moves again, as by a retry or a replay: what it was before is not known here.
      if (row.deliveries.waiting === 0) lookSoon()
      rows.value = markRaw(rows.value.with(index, moved(row, delivery)))
    },
    /** For a bulk act; a second time takes it out again. */
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

/** What the browser can tell of a filter: methods and the past. Text, status and times are for the server. */
function matches(
  request: RequestSummary,
  { q, method, status, verification, after, before }: RequestFilters,
) {
  if (verification && request.verification !== verification) return 'no'
  if (before && Date.parse(request.receivedAt) > Date.parse(before)) return 'no'
  if (method && !method.toUpperCase().split(',').includes(request.method)) return 'no'
  return q || status || after || before ? 'ask' : 'yes'
}
