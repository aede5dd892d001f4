import { useRouter } from 'vue-router'
import { useShortcuts } from './use-shortcuts.js'

const pages: Record<string, string> = { o: 'overview', w: 'webhooks', d: 'deliveries', s: 'settings' }
const waitMs = 1200

/** Registers the shortcuts `g` and a letter, which open a page. */
export function useGoKeys(): void {
  const router = useRouter()
  useShortcuts({
    g: () => {
      const go = (event: KeyboardEvent) => {
        stop()
        const name = pages[event.key]
        if (!name) return
        event.preventDefault()
        event.stopImmediatePropagation()
        void router.push({ name })
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
