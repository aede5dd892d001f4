import { computed } from 'vue'
import { ApiProblem } from '../problems.js'
import { useWebhooksStore } from '../stores/webhooks.js'
import { useQuery } from './use-query.js'

/** Returns the webhook of a page from the store. Fetches it if the page was opened by its URL. */
export function useWebhook(id: () => string) {
  const webhooks = useWebhooksStore()
  const webhook = computed(() => webhooks.byId.get(id()))
  const { state, error, reload } = useQuery({
    key: id,
    fetch: async (webhookId) => webhooks.byId.get(webhookId) ?? webhooks.fetch(webhookId),
  })
  return {
    webhook,
    error: computed(() => {
      if (webhook.value) return undefined
      // The webhook was deleted while it was shown, in this tab or another one.
      return state.value === 'done' ? new ApiProblem({ status: 404 }) : error.value
    }),
    reload,
  }
}
