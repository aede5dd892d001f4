import type { Page, ReleaseDeliveriesBody, RequestSummary, UpdateWebhookBody, Webhook } from '@whook/shared'
import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { sendToWebhook } from '../api/client.js'
import { api } from '../api/routes.js'
import { useList } from '../data/use-list.js'
import { useToastsStore } from './toasts.js'

/** Interval of count updates. Each update renders all components with counts, and a user cannot read faster. */
const countEveryMs = 250

/** All webhooks of the user, newest first, kept up to date by live messages. */
export const useWebhooksStore = defineStore('webhooks', () => {
  const toasts = useToastsStore()
  /** Stored requests that are not in the counts yet. A fetched webhook already includes them. */
  let uncounted: RequestSummary[] = []

  const { loaded, items, state, error, reload } = useList<Page<Webhook>>({
    fetchPage: (cursor) => api.webhooks({ cursor }),
    countMin: Infinity,
    onPage: () => (uncounted = []),
  })
  const byId = computed(() => new Map(items.value.map((webhook) => [webhook.id, webhook])))
  const list = computed(() => [...items.value].sort((a, b) => (a.id < b.id ? 1 : -1)))

  const applyCounts = useThrottleFn(
    () => {
      const counted = new Map(byId.value)
      for (const request of uncounted) countRequest(counted, request)
      uncounted = []
      loaded.value = [...counted.values()]
    },
    countEveryMs,
    true,
  )

  /** Adds a webhook, or replaces the one with its id. */
  function put(webhook: Webhook): Webhook {
    uncounted = uncounted.filter(({ webhookId }) => webhookId !== webhook.id)
    loaded.value = [...new Map(byId.value).set(webhook.id, webhook).values()]
    return webhook
  }
  const drop = (id: string) => (loaded.value = loaded.value.filter((webhook) => webhook.id !== id))
  const update = async (id: string, body: UpdateWebhookBody) => put(await api.updateWebhook(id, body))
  const fetch = async (id: string) => put(await api.webhook(id))

  return {
    list,
    byId,
    state,
    error,
    fetchAll: reload,
    fetch,
    create: async (name: string) => put(await api.createWebhook(name)),
    update,
    /** Deletes a webhook on the server. Call `drop` after its page was closed: the page would report it as missing. */
    remove: api.deleteWebhook,
    rotateUrl: async (id: string) => put(await api.rotateWebhookUrl(id)),
    /** Pauses an active webhook and resumes any other. Shows a failure as a toast. */
    async toggle(id: string) {
      try {
        await update(id, { status: byId.value.get(id)?.status === 'active' ? 'paused' : 'active' })
      } catch (problem) {
        toasts.fail(problem)
      }
    },
    async releaseDeliveries(id: string, body?: ReleaseDeliveriesBody) {
      await api.releaseDeliveries(id, body)
      await fetch(id)
    },
    /** Returns the number of deleted requests. */
    removeRequests: async (id: string) => (await api.clearRequests(id)).deleted,
    sendTest: sendToWebhook,
    put,
    drop,
    countRequest(request: RequestSummary) {
      uncounted.push(request)
      void applyCounts()
    },
  }
})

function countRequest(map: Map<string, Webhook>, { webhookId, receivedAt }: RequestSummary) {
  const known = map.get(webhookId)
  if (!known) return
  const sparkline = known.sparkline.with(-1, (known.sparkline.at(-1) ?? 0) + 1)
  const counts = { requestCount: known.requestCount + 1, requestCountToday: known.requestCountToday + 1 }
  map.set(webhookId, { ...known, ...counts, sparkline, lastRequestAt: receivedAt })
}
