import type { DeliveryWithAttempts, WebhookRequest } from '@whook/shared'
import { ref, shallowRef, watch } from 'vue'
import { api } from '../../api/routes.js'
import { useDeliveriesStore } from '../../stores/deliveries.js'

/** One request with its deliveries, fetched again when a live message says that a delivery moved. */
export function useRequest(id: () => string | undefined) {
  const moves = useDeliveriesStore()
  const request = shallowRef<WebhookRequest>()
  const deliveries = shallowRef<DeliveryWithAttempts[]>([])
  const error = ref<Error>()
  let generation = 0

  async function load() {
    const mine = ++generation
    const requestId = id()
    error.value = undefined
    if (request.value?.id !== requestId) [request.value, deliveries.value] = [undefined, []]
    if (!requestId) return
    try {
      const found = await api.request(requestId)
      if (mine !== generation) return
      request.value = found
      await loadDeliveries(mine, requestId)
    } catch (problem) {
      if (mine === generation) error.value = problem as Error
    }
  }

  async function loadDeliveries(mine: number, requestId: string) {
    const { items } = await api.requestDeliveries(requestId)
    const full = await Promise.all(items.map((delivery) => api.delivery(delivery.id)))
    if (mine === generation) deliveries.value = full
  }

  watch(id, load, { immediate: true })
  watch(
    () => moves.moved,
    async (moved) => {
      const requestId = request.value?.id
      const newest = [...moved.values()].at(-1)
      if (!requestId || newest?.requestId !== requestId) return
      try {
        await loadDeliveries(generation, requestId)
      } catch (problem) {
        error.value = problem as Error
      }
    },
  )
  return { request, deliveries, error, reload: load }
}
