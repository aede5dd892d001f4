import { useRouter } from 'vue-router'
import { mainPages } from '../pages.js'
import { useShortcuts } from './use-shortcuts.js'

const waitMs = 1200

/** Registers the shortcuts `g` and a letter, which open a page. */
export function useGoKeys(): void {
  const router = useRouter()
  useShortcuts({
    g: () => {
      const go = (event: KeyboardEvent) => {
        stop()
        const page = mainPages.find(({ key }) => key === event.key)
        if (!page) return
        event.preventDefault()
        event.stopImmediatePropagation()
        void router.push({ name: page.name })
      }
      const stop = () => {
        clearTimeout(timer)
        document.removeEventListener('keydown', go, { capture: true })
      }
      const timer = setTimeout(stop, waitMs)
      document.addEventListener('keydown', go, { capture: true })
    },
  })
}
