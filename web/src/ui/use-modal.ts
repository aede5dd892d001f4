import { onBeforeUnmount, shallowReactive, watch, type Ref } from 'vue'

/** Open dialogs, the topmost last. While a dialog is open, the browser makes all elements outside of it inert. */
export const openDialogs = shallowReactive<HTMLDialogElement[]>([])

/** Opens and closes a native dialog element. The browser traps the focus, closes it on Escape and restores the focus. */
export function useModal(open: Ref<boolean>, dialog: Readonly<Ref<HTMLDialogElement | null>>): void {
  let shown: HTMLDialogElement | undefined
  const close = () => {
    if (!shown) return
    openDialogs.splice(openDialogs.indexOf(shown), 1)
    shown.close()
    shown = undefined
  }
  watch(
    [open, dialog],
    ([isOpen, element]) => {
      if (!isOpen) close()
      else if (element && !shown) {
        shown = element
        element.showModal()
        openDialogs.push(element)
      }
    },
    // After rendering: the dialog focuses its first field when it opens.
    { flush: 'post' },
  )
  // A dialog that is removed while open must also restore the focus.
  onBeforeUnmount(close)
}
