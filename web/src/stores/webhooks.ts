import type { RequestSummary, Webhook } from '@whook/shared'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'

/** All webhooks of the user, newest first, kept true by live messages. */
export const useWebhooksStore = defineStore('webhooks', () => {
  const byId = shallowRef(new Map<string, Webhook>())
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  /** Counts changes of destinations per webhook: whoever shows them fetches again. */
  const destinationChanges = ref<Record<string, number>>({})

  const list = computed(() => [...byId.value.values()].sort((a, b) => (a.id < b.id ? 1 : -1)))

  function change(edit: (map: Map<string, Webhook>) => void) {
    const next = new Map(byId.value)
    edit(next)
    byId.value = next
  }

  return {
    list,
    byId,
    state,
    error,
    destinationChanges,
    async load() {
      try {
        const { items } = await api.webhooks()
        byId.value = new Map(items.map((webhook) => [webhook.id, webhook]))
        state.value = 'ready'
      } catch (problem) {
        error.value = problem as Error
        state.value = 'failed'
      }
    },
    put: (webhook: Webhook) => change((map) => map.set(webhook.id, webhook)),
    drop: (id: string) => change((map) => map.delete(id)),
    countRequest({ webhookId, receivedAt }: RequestSummary) {
      const known = byId.value.get(webhookId)
      if (!known) return
      const sparkline = known.sparkline.with(-1, (known.sparkline.at(-1) ?? 0) + 1)
      const counts = { requestCount: known.requestCount + 1, requestCountToday: known.requestCountToday + 1 }
      change((map) => map.set(webhookId, { ...known, ...counts, sparkline, lastRequestAt: receivedAt }))
    },
    destinationsChanged(webhookId: string) {
      destinationChanges.value = {
        ...destinationChanges.value,
        [webhookId]: (destinationChanges.value[webhookId] ?? 0) + 1,
      }
    },
  }
})
