import { tryOnScopeDispose } from '@vueuse/core'
import { nextTick } from 'vue'

/** One function per open form: returns whether the form has unsaved changes. */
const changed = new Set<() => boolean>()

addEventListener('beforeunload', (event) => {
  if (anyChanged()) event.preventDefault()
})
const anyChanged = () => [...changed].some((isChanged) => isChanged())

/** Returns whether the page may be left. Shows one prompt for all forms with unsaved changes. */
export const mayLeave = () => !anyChanged() || confirm('You have unsaved changes. Discard them?')

/** Tracks unsaved changes of a form until its scope ends. `settle` marks the current values as saved. */
export function useUnsaved(values: () => unknown) {
  const snapshot = () => JSON.stringify(values())
  let saved = snapshot()
  const isChanged = () => snapshot() !== saved
  changed.add(isChanged)
  tryOnScopeDispose(() => changed.delete(isChanged))
  return {
    /** Waits one tick, so that the form shows the saved values. */
    async settle() {
      await nextTick()
      saved = snapshot()
    },
  }
}
