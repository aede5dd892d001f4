import type { ReplayRequestBody } from '@whook/shared'
import { api } from '../api/routes.js'
import { useRequestsStore } from '../stores/requests.js'
import { useToastsStore } from '../stores/toasts.js'

/** What can be done with a request or one of its deliveries; failures are told, never thrown. */
export function useRequestActions() {
  const toasts = useToastsStore()
  const requests = useRequestsStore()

  return {
    async replay(id: string, body: ReplayRequestBody = {}) {
      try {
        const { items } = await api.replayRequest(id, body)
        toasts.show(
          items.length === 0
            ? 'Replayed: this webhook has no destination yet'
            : `Replaying to ${items.length} ${items.length === 1 ? 'destination' : 'destinations'}`,
        )
        return true
      } catch (problem) {
        toasts.fail(problem)
        return false
      }
    },
    async steer(id: string, move: 'retry' | 'cancel' | 'deliver-anyway') {
      try {
        await api.steerDelivery(id, move)
      } catch (problem) {
        toasts.fail(problem)
      }
    },
    /** Gone from the list at once, from the server after the time to undo. */
    remove(id: string, restore: () => void) {
      requests.remove(id)
      const act = () =>
        void api.deleteRequest(id).catch((problem: unknown) => (toasts.fail(problem), restore()))
      toasts.undoable('The request is deleted', act, restore)
    },
  }
}
