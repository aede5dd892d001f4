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
/** While the pointer is over the toasts, or one has the focus, none is removed. Checked at this interval. */
const heldMs = 1000
function held() {
  const toasts = document.querySelector('[data-toasts]')
  return toasts !== null && (toasts.matches(':hover') || toasts.contains(document.activeElement))
}

export const useToastsStore = defineStore('toasts', () => {
  const list = ref<Toast[]>([])
  /** Actions that run after the time to undo. */
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
  // The toast reported the action as done: run it when the user leaves within the 8 seconds.
  addEventListener('pagehide', () => pending.forEach((act) => act()))

  return {
    list,
    drop,
    show,
    fail: (error: unknown) => show((error as Error).message, { tone: 'error' }),
    /** Shows a toast with Undo. Runs `act` when the toast expires or the page is left, unless the user undoes it. */
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

/** Removes the oldest toast above the maximum. A toast with Undo is removed last. */
function fewest(toasts: Toast[]): Toast[] {
  if (toasts.length <= shownMax) return toasts
  const index = toasts.findIndex(({ action }, at) => !action && at < toasts.length - 1)
  return toasts.toSpliced(Math.max(index, 0), 1)
}

function later(act: () => void, ms = shownMs) {
  setTimeout(() => (held() ? later(act, heldMs) : act()), ms)
}
