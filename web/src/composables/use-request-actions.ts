import type { ReplayRequestBody } from '@whook/shared'
import { api } from '../api/routes.js'
import { usePendingDeletionsStore } from '../stores/pending-deletions.js'
import { useRequestSelectionStore } from '../stores/request-selection.js'
import { useToastsStore } from '../stores/toasts.js'

/** Actions on requests. Failures are shown as toasts, never thrown. */
export function useRequestActions() {
  const toasts = useToastsStore()
  const pendingDeletions = usePendingDeletionsStore()
  const selection = useRequestSelectionStore()

  return {
    async replay(id: string, body: ReplayRequestBody = {}) {
      try {
        const { items } = await api.replayRequest(id, body)
        toasts.show(
          items.length === 0
            ? 'Nothing to replay: this webhook has no enabled destination'
            : `Replaying to ${items.length} ${items.length === 1 ? 'destination' : 'destinations'}`,
        )
        return true
      } catch (problem) {
        toasts.fail(problem)
        return false
      }
    },
    /** Removes requests from the list immediately, and from the server after the time to undo. */
    remove(ids: readonly string[]) {
      selection.remove(ids)
      const text = ids.length === 1 ? 'Request deleted' : `${ids.length} requests deleted`
      pendingDeletions.remove(ids, text, api.deleteRequest)
    },
  }
}
