import { computed, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { isDetailTab, type DetailTab } from '../components/request/detail-tab.js'
import { useRequestFeedStore, type RequestFilters } from '../stores/request-feed.js'

const filterNames = ['q', 'method', 'status', 'verification', 'after', 'before'] as const

/** Filters, tab and selection of the inspector. The URL stores them, so reload, Back and a shared link restore them. */
export function useInspectorUrl(webhookId: () => string) {
  const route = useRoute()
  const router = useRouter()
  const feed = useRequestFeedStore()

  /** The query after pending navigations. The router is asynchronous, and a second change must not undo the first. */
  const query = shallowRef<LocationQueryRaw>(route.query)
  watch(
    () => route.query,
    (next) => (query.value = next),
  )
  function change(next: LocationQueryRaw) {
    query.value = next
    void router.replace({ query: next })
  }

  const filters = computed<RequestFilters>({
    get: () => {
      const found: Partial<Record<(typeof filterNames)[number], string>> = {}
      for (const name of filterNames) {
        const value = query.value[name]
        if (typeof value === 'string' && value) found[name] = value
      }
      // A URL can contain any value. The server refuses one that it does not know.
      return found as RequestFilters
    },
    set: (next) => {
      const { tab } = query.value
      change({ tab, ...Object.fromEntries(filterNames.map((name) => [name, next[name] || undefined])) })
    },
  })
  const tab = computed<DetailTab>({
    get: () => (isDetailTab(query.value['tab']) ? query.value['tab'] : 'body'),
    set: (next) => change({ ...query.value, tab: next === 'body' ? undefined : next }),
  })

  watch(
    () => JSON.stringify([webhookId(), filters.value]),
    () => feed.open(webhookId(), filters.value),
    { immediate: true },
  )

  const go = (requestId: string | undefined) =>
    router.push({ name: 'inspector', params: { webhookId: webhookId(), requestId }, query: query.value })
  return {
    filters,
    tab,
    select: (id: string) => void go(id),
    close: () => void go(undefined),
  }
}
