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
/** While somebody points at the toasts, or stands on one, none goes away under their hand. */
const heldMs = 1000
function held() {
  const toasts = document.querySelector('[data-toasts]')
  return toasts !== null && (toasts.matches(':hover') || toasts.contains(document.activeElement))
}

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
    later(() => drop(id))
    return id
  }
  // Whoever leaves within the eight seconds was told that it is done.
  addEventListener('pagehide', () => pending.forEach((act) => act()))

  return {
    list,
    drop,
    show,
    fail: (error: unknown) => show((error as Error).message, { tone: 'error' }),
    /** Does it once the toast has had its time, or when the page is left, unless it is taken back. */
    undoable(text: string, act: () => void, undo: () => void) {
      const done = () => {
        if (pending.delete(done)) act()
      }
      pending.add(done)
      later(done)
      const id: number = show(text, {
        action: {
          label: 'Undo',
          run: () => {
            drop(id)
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

function later(act: () => void, ms = shownMs) {
  setTimeout(() => (held() ? later(act, heldMs) : act()), ms)
}
