import { defineStore } from 'pinia'
import { ref } from 'vue'
import { useToastsStore } from './toasts.js'

/** Ids that lists hide: the items are deleted on the server after the time to undo. */
export const useDoomedStore = defineStore('doomed', () => {
  const toasts = useToastsStore()
  const ids = ref(new Set<string>())
  const spare = (id: string) => void ids.value.delete(id)

  return {
    ids,
    doom(id: string, text: string, act: () => Promise<unknown>) {
      ids.value.add(id)
      const remove = async () => {
        try {
          await act()
        } catch (problem) {
          spare(id)
          toasts.fail(problem)
        }
      }
      toasts.undoable(
        text,
        () => void remove(),
        () => spare(id),
      )
    },
  }
})
