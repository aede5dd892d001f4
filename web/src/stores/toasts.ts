import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'info' | 'error'
  action?: { label: string; run: () => void }
}

const shownMs = 8000
const shownMax = 4

export const useToastsStore = defineStore('toasts', () => {
  const list = ref<Toast[]>([])
  /** What is still to be done, unless it is taken back. */
  const pending = new Set<() => void>()
  let next = 1

  function drop(id: number) {
    list.value = list.value.filter((toast) => toast.id !== id)
  }
  function show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}) {
    const id = next++
    list.value = fewest([...list.value, { id, text, tone: 'info', ...options }])
    setTimeout(() => drop(id), shownMs)
    return id
  }
  // Whoever leaves within the eight seconds was told that it is done.
  addEventListener('pagehide', () => pending.forEach((act) => act()))

  return {
    list,
    drop,
    show,
    fail: (error: unknown) => show((error as Error).message, { tone: 'error' }),
    /** Does it after eight seconds, or when the page is left, unless it is taken back. */
    undoable(text: string, act: () => void, undo: () => void) {
      const done = () => {
        if (!pending.delete(done)) return
        clearTimeout(timer)
        act()
      }
      pending.add(done)
      const timer = setTimeout(done, shownMs)
      const id: number = show(text, {
        action: {
          label: 'Undo',
          run: () => {
            drop(id)
            clearTimeout(timer)
            if (pending.delete(done)) undo()
          },
        },
      })
    },
  }
})

/** The oldest goes first, but never one that can still be taken back while another could go. */
function fewest(toasts: Toast[]): Toast[] {
  if (toasts.length <= shownMax) return toasts
  const index = toasts.findIndex(({ action }, at) => !action && at < toasts.length - 1)
  return toasts.toSpliced(Math.max(index, 0), 1)
}
