import { tryOnScopeDispose } from '@vueuse/core'
import { nextTick } from 'vue'

/** Of the forms that are open: whether they hold what is saved nowhere. */
const changed = new Set<() => boolean>()

addEventListener('beforeunload', (event) => {
  if (anyChanged()) event.preventDefault()
})
const anyChanged = () => [...changed].some((isChanged) => isChanged())

/** Asks, once for all forms, before what was typed and not saved is lost. */
export const mayLeave = () => !anyChanged() || confirm('There are changes that are not saved. Leave them?')

/** Of a form that holds `values` until it is left; `settle` says that they are saved, or no longer wanted. */
export function useUnsaved(values: () => unknown) {
  const snapshot = () => JSON.stringify(values())
  let saved = snapshot()
  const isChanged = () => snapshot() !== saved
  changed.add(isChanged)
  tryOnScopeDispose(() => changed.delete(isChanged))
  return {
    /** Once what was saved has come back to the form. */
    async settle() {
      await nextTick()
      saved = snapshot()
    },
  }
}
