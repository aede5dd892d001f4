import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { useToastsStore } from './toasts.js'

/** Ids that lists hide: the items are deleted on the server after the time to undo. */
export const usePendingDeletionsStore = defineStore('pending-deletions', () => {
  const toasts = useToastsStore()
  const ids = shallowRef<ReadonlySet<string>>(new Set())

  function restore(restored: readonly string[]) {
    ids.value = new Set([...ids.value].filter((id) => !restored.includes(id)))
  }

  async function removeAll(items: readonly string[], removeOne: (id: string) => Promise<unknown>) {
    for (const id of items) {
      try {
        await removeOne(id)
      } catch (problem) {
        restore([id])
        toasts.fail(problem)
      }
    }
  }

  return {
    ids,
    /**
     * Hides items immediately and shows `text` with Undo. Calls `removeOne` for each item after the time to undo. An item
     * that cannot be deleted is shown again.
     */
    remove(items: readonly string[], text: string, removeOne: (id: string) => Promise<unknown>) {
      ids.value = new Set([...ids.value, ...items])
      toasts.undoable(
        text,
        () => void removeAll(items, removeOne),
        () => restore(items),
      )
    },
  }
})
