import type { LiveDelivery } from '@whook/shared'
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'

const keptMax = 2000

/** The last word on each delivery that moved while this page was open; whoever shows one overlays it. */
export const useDeliveriesStore = defineStore('deliveries', () => {
  const moved = shallowRef(new Map<string, LiveDelivery>())
  /** Counts the times something may have been missed: whoever shows deliveries fetches again. */
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
      // What was heard before may be older by now than what is fetched: it must cover nothing.
      moved.value = new Map()
      missed.value++
    },
    /** What moved last of one request. */
    lastOf: (requestId: string) =>
      [...moved.value.values()].findLast((delivery) => delivery.requestId === requestId),
  }
})
