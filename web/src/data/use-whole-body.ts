import { computed, ref, watch } from 'vue'
import { fetchBytes } from '../api/client.js'
import { requestBodyUrl } from '../api/routes.js'
import { useQuery } from './use-query.js'

/** Returns the URL of a request's body, and its exact bytes after `load` was called. */
export function useWholeBody(requestId: () => string) {
  const isWanted = ref(false)
  const url = computed(() => requestBodyUrl(requestId()))
  watch(requestId, () => (isWanted.value = false), { flush: 'sync' })
  const { data, isFetching, error, reload } = useQuery({
    key: () => (isWanted.value ? url.value : undefined),
    fetch: fetchBytes,
  })
  return {
    url,
    bytes: data,
    isFetching,
    error,
    load() {
      if (isWanted.value) return void reload()
      isWanted.value = true
    },
  }
}
