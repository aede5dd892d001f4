import { computed, ref, watch } from 'vue'
import { ApiProblem } from '../api/client.js'
import { api } from '../api/routes.js'
import { useWebhooksStore } from '../stores/webhooks.js'

/** Returns the webhook of a page from the store. Fetches it if the page was opened by its URL. */
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
      // The webhook was deleted while it was shown, in this tab or another one.
      else if (before) error.value = new ApiProblem({ status: 404 })
    },
  )
  return { webhook: computed(() => webhooks.byId.get(id())), error, reload: load }
}
