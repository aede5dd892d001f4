import { watch } from 'vue'
import { api } from '../api/routes.js'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useQuery } from './use-query.js'

/** Returns a delivery with its attempts. Fetches again when a live message reports a change. */
export function useDelivery(id: () => string) {
  const live = useDeliveriesStore()
  const delivery = useQuery({ key: id, fetch: api.delivery })
  watch([() => live.gaps, () => live.changed.get(id())], delivery.reload)
  return delivery
}
