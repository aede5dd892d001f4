import type { Delivery, DeliveryWithAttempts } from '@whook/shared'
import { computed, watch } from 'vue'
import { api } from '../api/routes.js'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useRequestFeedStore } from '../stores/request-feed.js'
import { useQuery } from './use-query.js'

/** Returns one stored request, without its deliveries. */
export const useStoredRequest = (id: () => string | undefined) => useQuery({ key: id, fetch: api.request })

/** Returns a request with its deliveries. Fetches again when a live message reports a delivery or a verification. */
export function useRequest(id: () => string | undefined) {
  const live = useDeliveriesStore()
  const feed = useRequestFeedStore()
  const request = useStoredRequest(id)
  const deliveries = useQuery({ key: () => request.data.value?.id, fetch: fetchDeliveries })

  /** Fetches new and changed deliveries. */
  async function fetchDeliveries(requestId: string): Promise<DeliveryWithAttempts[]> {
    const { items } = await api.requestDeliveries(requestId)
    const known = new Map(deliveries.data.value?.map((delivery) => [delivery.id, delivery]))
    const full = await Promise.all(
      items.map((delivery) => ifUnchanged(delivery, known.get(delivery.id)) ?? api.delivery(delivery.id)),
    )
    return full.sort(inOrder)
  }

  async function reload() {
    await request.reload()
    await deliveries.reload()
  }

  watch(
    () => feed.verifications.get(id() ?? ''),
    (count) => count && reload(),
  )
  watch([() => live.gaps, () => request.data.value && live.lastOf(request.data.value.id)], () => {
    if (!request.data.value) return
    // The verification result can be among the missed messages.
    return request.data.value.verification === 'pending' ? reload() : deliveries.reload()
  })
  return {
    request: request.data,
    deliveries: computed(() => deliveries.data.value ?? []),
    error: computed(() => request.error.value ?? deliveries.error.value),
    reload,
  }
}

/** Newest first. Deliveries of one time are sorted by name, so that a destination has the same place in each request. */
const inOrder = (a: Delivery, b: Delivery) =>
  a.createdAt === b.createdAt
    ? a.destinationName.localeCompare(b.destinationName)
    : b.createdAt.localeCompare(a.createdAt)

const ifUnchanged = (now: Delivery, before: DeliveryWithAttempts | undefined) =>
  before &&
  before.status === now.status &&
  before.attemptCount === now.attemptCount &&
  before.nextAttemptAt === now.nextAttemptAt
    ? before
    : undefined
