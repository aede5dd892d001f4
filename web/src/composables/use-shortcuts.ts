import { useEventListener } from '@vueuse/core'
import { usePreferencesStore } from '../stores/preferences.js'

/** Single-key shortcuts: silent in fields, with modifiers, in an IME, over a dialog or menu, or when switched off (WCAG 2.1.4). */
export function useShortcuts(keys: Record<string, () => unknown>): void {
  const preferences = usePreferencesStore()
  useEventListener(document, 'keydown', (event: KeyboardEvent) => {
    if (!preferences.singleKeys || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyped(event)) return
    // Whatever has the focus: a key pressed over a dialog or a menu is not meant for the page under it.
    if (document.querySelector('dialog[open], [role=menu]')) return
    const act = keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  })
}

/** Meant for the field it is pressed in. */
export const isTyped = ({ target }: KeyboardEvent) =>
  (target as HTMLElement).closest('input, textarea, select, [contenteditable=true]') !== null
