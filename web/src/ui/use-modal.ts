import { onBeforeUnmount, shallowReactive, watch, type Ref } from 'vue'

/** Those that are open, the topmost last: while there is one, the browser keeps everything outside of it out of reach. */
export const openDialogs = shallowReactive<HTMLDialogElement[]>([])

/** Opens and closes the browser's own dialog: it traps focus, closes on Escape and gives the focus back. */
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
    // What it holds must stand there when it opens, to be given the focus.
    { flush: 'post' },
  )
  // Taken away while it is open, it must give the focus back all the same.
  onBeforeUnmount(close)
}
