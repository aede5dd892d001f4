import type { LiveDelivery } from '@whook/shared'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api } from '../api/routes.js'
import { useToastsStore } from './toasts.js'

const keptMax = 2000

export type DeliveryMove = 'retry' | 'cancel' | 'deliver-anyway'

/** The latest live message of each delivery. Components overlay it on the deliveries they fetched. */
export const useDeliveriesStore = defineStore('deliveries', () => {
  const toasts = useToastsStore()
  const changed = shallowRef(new Map<string, LiveDelivery>())
  /** Incremented when live messages may be missing. Components that show deliveries watch it and fetch again. */
  const gaps = ref(0)

  return {
    changed,
    gaps,
    apply(delivery: LiveDelivery) {
      const next = new Map(changed.value)
      next.delete(delivery.id)
      next.set(delivery.id, delivery)
      if (next.size > keptMax) next.delete(next.keys().next().value!)
      changed.value = next
    },
    reportGap() {
      // Stored messages may be older than the data fetched next, and must not replace it.
      changed.value = new Map()
      gaps.value++
    },
    /** Returns the delivery of the request that changed last. */
    lastOf: (requestId: string) =>
      [...changed.value.values()].findLast((delivery) => delivery.requestId === requestId),
    /** Retries, cancels or sends a delivery. Shows a failure as a toast. */
    async move(id: string, move: DeliveryMove) {
      try {
        await api.moveDelivery(id, move)
      } catch (problem) {
        toasts.fail(problem)
      }
    },
  }
})
