import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useRequestFeedStore } from './request-feed.js'

/** Maximum number of selected requests. The API has the same limit for one replay. */
const selectedMax = 1000

/** The requests that the user selected for a bulk action. The open request is in the URL. */
export const useRequestSelectionStore = defineStore('request-selection', () => {
  const feed = useRequestFeedStore()
  const ids = shallowRef<ReadonlySet<string>>(new Set())

  const clear = () => (ids.value = new Set())
  watch(() => feed.openings, clear, { flush: 'sync' })

  return {
    ids,
    clear,
    toggle(id: string) {
      const next = new Set(ids.value)
      if (!next.delete(id) && next.size < selectedMax) next.add(id)
      ids.value = next
    },
    remove(removed: readonly string[]) {
      ids.value = new Set([...ids.value].filter((id) => !removed.includes(id)))
    },
  }
})
