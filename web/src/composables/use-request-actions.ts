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
            ? 'Nothing is sent: this webhook has no destination that is enabled'
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
      const what = ids.length === 1 ? 'The request is deleted' : `${ids.length} requests are deleted`
      toasts.undoable(
        what,
        () => void act(),
        () => ids.forEach(restore),
      )
    },
  }
}
