import type { LiveDelivery } from '@whook/shared'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

const keptMax = 2000

/** The latest live message of each delivery. Components overlay it on the deliveries they fetched. */
export const useDeliveriesStore = defineStore('deliveries', () => {
  const moved = shallowRef(new Map<string, LiveDelivery>())
  /** Incremented when live messages may be missing. Components that show deliveries watch it and fetch again. */
  const missed = ref(0)

  return {
    moved,
    missed,
    apply(delivery: LiveDelivery) {
      const next = new Map(moved.value)
      next.delete(delivery.id)
      next.set(delivery.id, delivery)
      if (next.size > keptMax) next.delete(next.keys().next().value!)
      moved.value = next
    },
    miss() {
      // Stored messages may be older than the data fetched next, and must not replace it.
      moved.value = new Map()
      missed.value++
    },
    /** Returns the delivery of the request that changed last. */
    lastOf: (requestId: string) =>
      [...moved.value.values()].findLast((delivery) => delivery.requestId === requestId),
  }
})
