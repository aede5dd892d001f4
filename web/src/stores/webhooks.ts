import type { Page, RequestSummary, Webhook } from '@whook/shared'
import { useThrottleFn } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'
import { useToastsStore } from './toasts.js'

/** Interval of count updates. Each update renders all components with counts, and a user cannot read faster. */
const countEveryMs = 250

/** All webhooks of the user, newest first, kept up to date by live messages. */
export const useWebhooksStore = defineStore('webhooks', () => {
  const toasts = useToastsStore()
  const byId = shallowRef(new Map<string, Webhook>())
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<Error>()
  /** Number of destination changes per webhook. Components that show destinations watch it and fetch again. */
  const destinationChanges = ref<Record<string, number>>({})

  const list = computed(() => [...byId.value.values()].sort((a, b) => (a.id < b.id ? 1 : -1)))

  /** Stored requests that are not in the counts yet. A fetched webhook already includes them. */
  let counted: RequestSummary[] = []

  function change(edit: (map: Map<string, Webhook>) => void) {
    const next = new Map(byId.value)
    edit(next)
    byId.value = next
  }

  const applyCounts = useThrottleFn(
    () => {
      const fresh = counted
      counted = []
      change((map) => fresh.forEach((request) => count(map, request)))
    },
    countEveryMs,
    true,
  )

  function put(webhook: Webhook) {
    counted = counted.filter(({ webhookId }) => webhookId !== webhook.id)
    change((map) => map.set(webhook.id, webhook))
  }

  return {
    list,
    byId,
    state,
    error,
    destinationChanges,
    async load() {
      try {
        const found: Webhook[] = []
        for (let cursor: string | null | undefined; cursor !== null;) {
          const page: Page<Webhook> = await api.webhooks({ cursor })
          found.push(...page.items)
          cursor = page.nextCursor
        }
        counted = []
        byId.value = new Map(found.map((webhook) => [webhook.id, webhook]))
        state.value = 'ready'
      } catch (problem) {
        error.value = problem as Error
        // Keep the loaded list: the banner says that it may be out of date.
        if (state.value !== 'ready') state.value = 'failed'
      }
    },
    put,
    /** Pauses an active webhook and resumes any other. Shows a failure as a toast. */
    async toggle(id: string) {
      const status = byId.value.get(id)?.status === 'active' ? 'paused' : 'active'
      try {
        put(await api.updateWebhook(id, { status }))
      } catch (problem) {
        toasts.fail(problem)
      }
    },
    drop: (id: string) => change((map) => map.delete(id)),
    countRequest(request: RequestSummary) {
      counted.push(request)
      void applyCounts()
    },
    destinationsChanged(webhookId: string) {
      destinationChanges.value = {
        ...destinationChanges.value,
        [webhookId]: (destinationChanges.value[webhookId] ?? 0) + 1,
      }
    },
  }
})

function count(map: Map<string, Webhook>, { webhookId, receivedAt }: RequestSummary) {
  const known = map.get(webhookId)
  if (!known) return
  const sparkline = known.sparkline.with(-1, (known.sparkline.at(-1) ?? 0) + 1)
  const counts = { requestCount: known.requestCount + 1, requestCountToday: known.requestCountToday + 1 }
  map.set(webhookId, { ...known, ...counts, sparkline, lastRequestAt: receivedAt })
}
