import type { LiveDelivery } from '@whook/shared'
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

const keptMax = 2000

/** The last word on each delivery that moved while this page was open; whoever shows one overlays it. */
export const useDeliveriesStore = defineStore('deliveries', () => {
  const moved = shallowRef(new Map<string, LiveDelivery>())

  return {
    moved,
    apply(delivery: LiveDelivery) {
      const next = new Map(moved.value)
      next.delete(delivery.id)
      next.set(delivery.id, delivery)
      if (next.size > keptMax) next.delete(next.keys().next().value!)
      moved.value = next
    },
  }
})
