import { computed, watch } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'
import { isDetailTab, type DetailTab } from '../components/request/detail-tab.js'
import { useRequestsStore, type RequestFilters } from '../stores/requests.js'

const filterNames = ['q', 'method', 'status', 'after', 'before'] as const

/** Filters, tab and selection of the inspector: kept in the address, so reload, Back and a shared link restore them. */
export function useInspectorUrl(webhookId: () => string) {
  const route = useRoute()
  const router = useRouter()
  const requests = useRequestsStore()

  const filters = computed<RequestFilters>({
    get: () => {
      const found: RequestFilters = {}
      for (const name of filterNames) {
        const value = route.query[name]
        if (typeof value === 'string' && value) found[name] = value
      }
      return found
    },
    set: (next) => {
      const query: LocationQueryRaw = { tab: route.query['tab'] }
      for (const name of filterNames) if (next[name]) query[name] = next[name]
      void router.replace({ query })
    },
  })
  const tab = computed<DetailTab>({
    get: () => (isDetailTab(route.query['tab']) ? route.query['tab'] : 'body'),
    set: (next) =>
      void router.replace({ query: { ...route.query, tab: next === 'body' ? undefined : next } }),
  })

  watch(
    () => JSON.stringify([webhookId(), filters.value]),
    () => requests.open(webhookId(), filters.value),
    { immediate: true },
  )

  const go = (requestId: string | undefined) =>
    router.push({ name: 'inspector', params: { webhookId: webhookId(), requestId }, query: route.query })
  return {
    filters,
    tab,
    select: (id: string) => void go(id),
    close: () => void go(undefined),
  }
}
