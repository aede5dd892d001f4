import type { Delivery, DeliveryWithAttempts, WebhookRequest } from '@whook/shared'
import { ref, shallowRef, watch } from 'vue'
import { api } from '../../api/routes.js'
import { useDeliveriesStore } from '../../stores/deliveries.js'
import { useRequestsStore } from '../../stores/requests.js'

/** Returns a request with its deliveries. Fetches again when a live message reports a delivery or a verification. */
export function useRequest(id: () => string | undefined) {
  const moves = useDeliveriesStore()
  const requests = useRequestsStore()
  const request = shallowRef<WebhookRequest>()
  const deliveries = shallowRef<DeliveryWithAttempts[]>([])
  const error = ref<Error>()
  let generation = 0
  let round = 0

  async function load() {
    const mine = ++generation
    round++
    const requestId = id()
    error.value = undefined
    if (request.value?.id !== requestId) [request.value, deliveries.value] = [undefined, []]
    if (!requestId) return
    try {
      const found = await api.request(requestId)
      if (mine !== generation) return
      request.value = found
      await loadDeliveries(requestId)
    } catch (problem) {
      if (mine === generation) error.value = problem as Error
    }
  }

  /** Fetches new and changed deliveries. An older response never replaces a newer one. */
  async function loadDeliveries(requestId: string) {
    const mine = ++round
    const { items } = await api.requestDeliveries(requestId)
    const known = new Map(deliveries.value.map((delivery) => [delivery.id, delivery]))
    const full = await Promise.all(
      items.map((delivery) => asKnown(delivery, known.get(delivery.id)) ?? api.delivery(delivery.id)),
    )
    if (mine === round) deliveries.value = full.sort(inOrder)
  }

  watch(id, load, { immediate: true })
  watch(
    () => requests.judged.get(id() ?? ''),
    (times) => times && load(),
  )
  watch([() => moves.missed, () => request.value && moves.lastOf(request.value.id)], async () => {
    if (!request.value || request.value.id !== id()) return
    try {
      // The verification result can be among the missed messages.
      await (request.value.verification === 'pending' ? load() : loadDeliveries(request.value.id))
    } catch (problem) {
      error.value = problem as Error
    }
  })
  return { request, deliveries, error, reload: load }
}

/** Newest first. Deliveries of one time are sorted by name, so that a destination has the same place in each request. */
const inOrder = (a: Delivery, b: Delivery) =>
  a.createdAt === b.createdAt
    ? a.destinationName.localeCompare(b.destinationName)
    : b.createdAt.localeCompare(a.createdAt)

const asKnown = (now: Delivery, before: DeliveryWithAttempts | undefined) =>
  before &&
  before.status === now.status &&
  before.attemptCount === now.attemptCount &&
  before.nextAttemptAt === now.nextAttemptAt
    ? before
    : undefined
