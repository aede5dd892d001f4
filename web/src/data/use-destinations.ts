import { watch } from 'vue'
import { api } from '../api/routes.js'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useDestinationsStore } from '../stores/destinations.js'
import { usePendingDeletionsStore } from '../stores/pending-deletions.js'
import { useList } from './use-list.js'

/** Returns the destinations of a webhook. Fetches again when live messages report a change. */
export function useDestinations(webhookId: () => string) {
  const destinations = useDestinationsStore()
  const deliveries = useDeliveriesStore()
  const pendingDeletions = usePendingDeletionsStore()
  const { items, state, error, reload } = useList({
    key: webhookId,
    fetchPage: () => api.destinations(webhookId()),
  })
  watch([() => destinations.changes[webhookId()], () => deliveries.gaps], reload)

  return {
    items,
    state,
    error,
    reload,
    /** Removes a destination after the time to undo. */
    remove: ({ id, name }: { id: string; name: string }) =>
      pendingDeletions.remove([id], `${name} deleted`, api.deleteDestination),
  }
}
