import type { LiveDelivery, RequestFilter, RequestPage, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import { api } from '../api/routes.js'
import { useList } from '../data/use-list.js'
import { hasRow, mergeRows, withDelivery } from './request-rows.js'

/** Maximum length of the filter text. The API has the same limit. */
export const filterCharsMax = 200
export type RequestFilters = RequestFilter

/** Maximum number of rows in memory. Older ones are fetched again on scroll. */
const rowsMax = 20_000
/** Rows that fill a screen. Pages of a search may be empty: fetch more pages until there are this many rows. */
const screenful = 60
/** Number of rows whose deliveries are fetched again after a gap. */
const refreshedRows = 100
/** Interval between two bookmark renewals while requests stream in. */
const renewEveryMs = 60_000
/** Maximum time between the receipt of a request and the creation of its id. */
const idDelayMs = 2
/** Minimum interval between fetches for live requests that only the server can match. */
const refillEveryMs = 700

/** The pages of one webhook's requests that match the filters. `rows` is sorted oldest first. */
export const useRequestFeedStore = defineStore('request-feed', () => {
  const webhookId = ref('')
  const filters = ref<RequestFilters>({})
  /** Number of times a list was opened. Stores that hold state of the open list watch it and start over. */
  const openings = ref(0)
  /** Number of times each signature was verified. Components that show the request watch it and fetch again. */
  const verifications = reactive(new Map<string, number>())
  const removed = new Set<string>()
  /** The requests stored after this position may not be fetched yet. */
  let bookmark: string | undefined
  /** A newer bookmark. Live messages of earlier requests may still be in transit, so it is used one renewal later. */
  let nextBookmark: string | undefined
  let renewedAt = 0
  let refilling: ReturnType<typeof setTimeout> | undefined

  const list = useList<RequestPage>({
    fetchPage: (cursor) =>
      api.requests(webhookId.value, { limit: cursor ? 200 : 100, cursor, ...filters.value }),
    // Live messages may have added the same rows already: the merge removes duplicates.
    merge: (rows, more) => newestRows(mergeRows(rows, withoutRemoved(more))),
    countMin: screenful,
    onPage: (page) => (bookmark ??= page.bookmark ?? undefined),
  })
  const { items: rows, loaded, nextCursor, state, error, isLoadingMore, add } = list
  const newestRows = (merged: readonly RequestSummary[]) =>
    merged.length > rowsMax ? merged.slice(-rowsMax) : merged
  const isFiltered = computed(() => Object.values(filters.value).some(Boolean))
  const withoutRemoved = (more: readonly RequestSummary[]) => more.filter(({ id }) => !removed.has(id))

  function open(id: string, next: RequestFilters) {
    webhookId.value = id
    filters.value = next
    bookmark = nextBookmark = undefined
    renewedAt = performance.now()
    openings.value++
    return list.load()
  }

  /** Fetches the requests since the bookmark, and the newest rows again, when live messages may be missing. */
  async function refill() {
    if (state.value === 'error') return open(webhookId.value, filters.value)
    if (state.value !== 'done') return
    const isCurrent = list.current()
    const newest = loaded.value.at(-1)
    const fetchNewest = async (query: RequestFilters) => {
      const page = await api.requests(webhookId.value, { limit: refreshedRows, ...filters.value, ...query })
      if (isCurrent()) add(page.items)
    }
    try {
      const count = await fetchSinceBookmark(isCurrent)
      if (!isCurrent()) return
      await fetchNewest({})
      // With this many new rows, the rows known before are not among the newest: fetch them too.
      if (newest && count >= refreshedRows && isCurrent() && !filters.value.before)
        await fetchNewest({ before: new Date(Date.parse(newest.receivedAt) + idDelayMs).toISOString() })
    } catch {
      // The socket is lost too: the banner shows it, and the reconnect calls refill again.
    }
  }

  /** Returns the number of rows. */
  async function fetchSinceBookmark(isCurrent: () => boolean): Promise<number> {
    let count = 0
    for (let cursor: string | undefined; bookmark !== undefined;) {
      const query = { limit: 200, since: bookmark, cursor, ...filters.value }
      const page = await api.requests(webhookId.value, query)
      if (!isCurrent()) return count
      add(page.items)
      count += page.items.length
      if (page.bookmark) {
        bookmark = page.bookmark
        nextBookmark = undefined
      }
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    return count
  }

  /** Renews the bookmark while rows stream in, so that a refill reads minutes of requests and not hours. */
  async function renewBookmark() {
    if (performance.now() - renewedAt < renewEveryMs) return
    renewedAt = performance.now()
    const isCurrent = list.current()
    try {
      const page = await api.requests(webhookId.value, { limit: 1 })
      if (!isCurrent()) return
      bookmark = nextBookmark ?? bookmark
      nextBookmark = page.bookmark ?? undefined
    } catch {
      // The older bookmark is still valid: a refill only reads more.
    }
  }

  /** Schedules one refill for all live requests that only the server can match. */
  function refillSoon() {
    refilling ??= setTimeout(async () => {
      await refill()
      refilling = undefined
    }, refillEveryMs)
  }

  return {
    webhookId,
    filters,
    isFiltered,
    openings,
    rows,
    nextCursor,
    state,
    error,
    isLoadingMore,
    verifications,
    open,
    fetchOlder: list.loadMore,
    refill,
    refillSoon,
    renewBookmark,
    add,
    has: (id: string) => hasRow(loaded.value, id),
    /** Removes a request that was deleted on the server. An answer that is still in transit does not add it again. */
    remove(id: string) {
      if (!hasRow(loaded.value, id)) return
      removed.add(id)
      loaded.value = loaded.value.filter((row) => row.id !== id)
    },
    /** Many requests were deleted. Some may remain, such as those received since: fetch the list again. */
    clear(id: string) {
      if (id === webhookId.value) void open(id, filters.value)
    },
    /** The signature of a request was verified after it was stored. */
    applyVerification(id: string) {
      if (verifications.size >= rowsMax) verifications.clear()
      verifications.set(id, (verifications.get(id) ?? 0) + 1)
      if (hasRow(loaded.value, id)) refillSoon()
    },
    applyDelivery(delivery: LiveDelivery) {
      if (delivery.webhookId === webhookId.value && filters.value.status) refillSoon()
      const index = loaded.value.findLastIndex(({ id }) => id === delivery.requestId)
      const row = loaded.value[index]
      if (!row) return
      // A settled delivery changed again, as by a retry or a replay. Its old status is unknown: fetch.
      if (row.deliveries.waiting === 0) refillSoon()
      loaded.value = loaded.value.with(index, withDelivery(row, delivery))
    },
  }
})
