import type { LiveDelivery, RequestFilter, RequestPage, RequestSummary } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, reactive, ref } from 'vue'
import { api } from '../api/routes.js'
import { useList } from '../data/use-list.js'
import { createRefill } from './request-refill.js'
import { hasRow, mergeRows, withDelivery } from './request-rows.js'

/** Maximum length of the filter text. The API has the same limit. */
export const filterCharsMax = 200
export type RequestFilters = RequestFilter

/** Maximum number of rows in memory. Older ones are fetched again on scroll. */
const rowsMax = 20_000
/** Rows that fill a screen. Pages of a search may be empty: fetch more pages until there are this many rows. */
const screenful = 60
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
  let refilling: ReturnType<typeof setTimeout> | undefined

  const missed = createRefill((query) => api.requests(webhookId.value, query))
  const list = useList<RequestPage>({
    fetchPage: (cursor) =>
      api.requests(webhookId.value, { limit: cursor ? 200 : 100, cursor, ...filters.value }),
    // Live messages may have added the same rows already: the merge removes duplicates.
    merge: (rows, more) => newestRows(mergeRows(rows, withoutRemoved(more))),
    countMin: screenful,
    onPage: missed.startAt,
  })
  const { items: rows, loaded, nextCursor, state, error, isLoadingMore, add } = list
  const newestRows = (merged: readonly RequestSummary[]) =>
    merged.length > rowsMax ? merged.slice(-rowsMax) : merged
  const isFiltered = computed(() => Object.values(filters.value).some(Boolean))
  const withoutRemoved = (more: readonly RequestSummary[]) => more.filter(({ id }) => !removed.has(id))

  function open(id: string, next: RequestFilters) {
    webhookId.value = id
    filters.value = next
    missed.reset()
    openings.value++
    return list.load()
  }

  /** Fetches again when live messages may be missing. */
  async function refill() {
    if (state.value === 'error') return open(webhookId.value, filters.value)
    if (state.value !== 'done') return
    try {
      await missed.fill(list, filters.value)
    } catch {
      // The socket is lost too: the banner shows it, and the reconnect calls refill again.
    }
  }

  /** Schedules one refill for all live requests that only the server can match. */
  function refillSoon() {
    refilling ??= setTimeout(() => {
      void refill().finally(() => (refilling = undefined))
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
    renewBookmark: () => missed.renewBookmark(list),
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
