import type { ReplayRequestBody } from '@whook/shared'
import { api } from '../api/routes.js'
import { useRequestsStore } from '../stores/requests.js'
import { useToastsStore } from '../stores/toasts.js'

/** Actions on a request or one of its deliveries. Failures are shown as toasts, never thrown. */
export function useRequestActions() {
  const toasts = useToastsStore()
  const requests = useRequestsStore()

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
    async steer(id: string, move: 'retry' | 'cancel' | 'deliver-anyway') {
      try {
        await api.steerDelivery(id, move)
      } catch (problem) {
        toasts.fail(problem)
      }
    },
    /** Removes requests from the list immediately, and from the server after the time to undo. */
    remove(ids: readonly string[]) {
      for (const id of ids) requests.remove(id)
      const restore = (id: string) => requests.restore(id)
      const act = async () => {
        for (const id of ids) {
          try {
            await api.deleteRequest(id)
          } catch (problem) {
            restore(id)
            toasts.fail(problem)
          }
        }
      }
      const what = ids.length === 1 ? 'Request deleted' : `${ids.length} requests deleted`
      toasts.undoable(
        what,
        () => void act(),
        () => ids.forEach(restore),
      )
    },
  }
}
