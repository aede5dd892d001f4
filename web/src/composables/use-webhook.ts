import { computed, ref, watch } from 'vue'
import { ApiProblem } from '../api/client.js'
import { api } from '../api/routes.js'
import { useWebhooksStore } from '../stores/webhooks.js'

/** The webhook of a page: from the store, or fetched when the page was opened by its address. */
export function useWebhook(id: () => string) {
  const webhooks = useWebhooksStore()
  const error = ref<Error>()

  async function load() {
    const webhookId = id()
    error.value = undefined
    if (webhooks.byId.has(webhookId)) return
    try {
      webhooks.put(await api.webhook(webhookId))
    } catch (problem) {
      if (webhookId === id()) error.value = problem as Error
    }
  }
  watch(id, load, { immediate: true })
  watch(
    () => webhooks.byId.has(id()),
    (known, before) => {
      if (known) error.value = undefined
      // Deleted while it was shown, here or in another tab.
      else if (before) error.value = new ApiProblem({ status: 404 })
    },
  )
  return { webhook: computed(() => webhooks.byId.get(id())), error, reload: load }
}
