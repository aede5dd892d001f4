import { computed, ref, watch } from 'vue'
import { api } from '../api/routes.js'
import { useWebhooksStore } from '../stores/webhooks.js'

/** The webhook of a page: from the store, or fetched when the page was opened by its address. */
export function useWebhook(id: () => string) {
  const webhooks = useWebhooksStore()
  const error = ref<Error>()
  watch(
    id,
    async (webhookId) => {
      error.value = undefined
      if (webhooks.byId.has(webhookId)) return
      try {
        webhooks.put(await api.webhook(webhookId))
      } catch (problem) {
        error.value = problem as Error
      }
    },
    { immediate: true },
  )
  return { webhook: computed(() => webhooks.byId.get(id())), error }
}
