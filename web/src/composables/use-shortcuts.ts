import { useEventListener } from '@vueuse/core'
import { usePreferencesStore } from '../stores/preferences.js'

/**
 * Registers single-key shortcuts. They are ignored in fields, with modifiers, during IME input, while a dialog or menu
 * is open, and when the user has turned them off (WCAG 2.1.4).
 */
export function useShortcuts(keys: Record<string, () => unknown>): void {
  const preferences = usePreferencesStore()
  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    if (!preferences.singleKeys || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyped(event)) return
    // Check the document, not the focus: a key pressed over a dialog or menu is not for the page below it.
    if (document.querySelector('dialog[open], [role=menu]')) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
}

/** Returns whether the key is pressed in a field or editor. */
export const isTyped = ({ target }: KeyboardEvent) =>
  (target as HTMLElement).closest('input, textarea, select, [contenteditable=true]') !== null
