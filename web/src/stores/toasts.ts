import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Toast {
  id: number
  text: string
  tone: 'info' | 'error'
  action?: { label: string; run: () => void }
}

const shownMs = 8000

export const useToastsStore = defineStore('toasts', () => {
  const list = ref<Toast[]>([])
  let next = 1

  function drop(id: number) {
    list.value = list.value.filter((toast) => toast.id !== id)
  }
  function show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}) {
    const id = next++
    list.value = [...list.value.slice(-3), { id, text, tone: 'info', ...options }]
    setTimeout(() => drop(id), shownMs)
    return id
  }
  return {
    list,
    drop,
    show,
    fail: (error: unknown) => show((error as Error).message, { tone: 'error' }),
    /** Does it after eight seconds, unless it is taken back. */
    undoable(text: string, act: () => void, undo: () => void) {
      const timer = setTimeout(act, shownMs)
      const id: number = show(text, {
        action: {
          label: 'Undo',
          run: () => {
            clearTimeout(timer)
            drop(id)
            undo()
          },
        },
      })
    },
  }
})
