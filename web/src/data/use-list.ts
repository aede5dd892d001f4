import type { Page } from '@whook/shared'
import { computed, ref, shallowRef, watch } from 'vue'
import { usePendingDeletionsStore } from '../stores/pending-deletions.js'
import { createGenerations } from './latest.js'
import type { LoadState } from './use-query.js'

type ItemOf<P extends Page<unknown>> = P['items'][number]

interface ListSource<P extends Page<unknown>> {
  fetchPage: (cursor: string | undefined) => Promise<P>
  /** The list starts over when this changes. Undefined: it is empty and `idle`. Without `key`, the caller calls `load`. */
  key?: () => unknown
  /** Adds the items of a page. Appends them by default. */
  merge?: (items: readonly ItemOf<P>[], page: readonly ItemOf<P>[]) => readonly ItemOf<P>[]
  /** A load fetches pages until it has this many items. The pages of a search can be short or empty. */
  countMin?: number
  /** Called for each page of the list, in order. `isFirst`: the page starts the list. */
  onPage?: (page: P, isFirst: boolean) => void
}

/**
 * Fetches a list page by page. An answer to a superseded load is dropped. `items` leaves out items whose deletion is
 * pending; they are back when the user undoes it.
 */
export function useList<P extends Page<{ id: string }>>({
  fetchPage,
  key,
  merge = (items, page) => [...items, ...page],
  countMin = 1,
  onPage,
}: ListSource<P>) {
  type T = ItemOf<P>
  const pendingDeletions = usePendingDeletionsStore()
  const generations = createGenerations()
  const loaded = shallowRef<readonly T[]>([])
  const nextCursor = ref<string | null>(null)
  const state = ref<LoadState>('idle')
  const error = shallowRef<Error>()
  const isLoadingMore = ref(false)

  const items = computed(() => {
    const hidden = pendingDeletions.ids
    return hidden.size === 0 ? loaded.value : loaded.value.filter(({ id }) => !hidden.has(id))
  })

  function add(more: readonly T[]) {
    loaded.value = merge(loaded.value, more)
  }

  /** Empties the list, drops all running fetches, and sets the state. */
  function reset(to: 'idle' | 'loading') {
    const isCurrent = generations.next()
    loaded.value = []
    nextCursor.value = null
    error.value = undefined
    isLoadingMore.value = false
    state.value = to
    return isCurrent
  }

  /** Starts over: empties the list and fetches the first page. */
  const load = () => fetchPages(reset('loading'), true)

  async function loadMore(): Promise<void> {
    if (!nextCursor.value || isLoadingMore.value) return
    error.value = undefined
    await fetchPages(generations.current(), false)
  }

  async function fetchPages(isCurrent: () => boolean, fromStart: boolean) {
    isLoadingMore.value = true
    try {
      for (let found = 0, isFirst = fromStart; ; isFirst = false) {
        const page = await fetchPage(nextCursor.value ?? undefined)
        if (!isCurrent()) return
        onPage?.(page, isFirst)
        add(page.items)
        nextCursor.value = page.nextCursor
        found += page.items.length
        if (found > 0 || !page.nextCursor) state.value = 'done'
        if (!page.nextCursor || found >= countMin) return
      }
    } catch (problem) {
      if (!isCurrent()) return
      error.value = problem as Error
      // Live messages can add items before the first page arrives.
      if (state.value === 'loading') state.value = loaded.value.length > 0 ? 'done' : 'error'
    } finally {
      if (isCurrent()) isLoadingMore.value = false
    }
  }

  /** Fetches the list again. Items or error remain until all pages have arrived. */
  async function reload(): Promise<void> {
    const isCurrent = generations.next()
    isLoadingMore.value = false
    if (state.value === 'idle') state.value = 'loading'
    try {
      const pages: P[] = []
      for (let count = 0; ;) {
        const page = await fetchPage(pages.at(-1)?.nextCursor ?? undefined)
        if (!isCurrent()) return
        pages.push(page)
        count += page.items.length
        if (!page.nextCursor || count >= countMin) break
      }
      replace(pages)
    } catch (problem) {
      if (!isCurrent()) return
      error.value = problem as Error
      if (state.value === 'loading') state.value = 'error'
    }
  }

  /** Replaces the list by these pages, and drops all running fetches. */
  function replace(pages: readonly P[]) {
    generations.next()
    pages.forEach((page, index) => onPage?.(page, index === 0))
    loaded.value = pages.reduce<readonly T[]>((all, page) => merge(all, page.items), [])
    nextCursor.value = pages.at(-1)?.nextCursor ?? null
    isLoadingMore.value = false
    error.value = undefined
    state.value = 'done'
  }

  if (key) watch(key, (wanted) => (wanted === undefined ? void reset('idle') : load()), { immediate: true })
  return {
    items,
    /** All items of the list, also those whose deletion is pending. */
    loaded,
    nextCursor,
    state,
    error,
    isLoadingMore,
    load,
    loadMore,
    reload,
    replace,
    add,
    /** Returns a function that returns false after the list was loaded again: the answer then belongs to an old list. */
    current: generations.current,
  }
}
