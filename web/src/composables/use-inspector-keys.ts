import { until, useClipboard } from '@vueuse/core'
import type { Webhook, WebhookRequest } from '@whook/shared'
import { nextTick, type Ref } from 'vue'
import { detailTabs, type DetailTab } from '../components/request/detail-tab.js'
import { useCopyAs } from '../copy-as/use-copy-as.js'
import { useLiveBufferStore } from '../stores/live-buffer.js'
import { useRequestSelectionStore } from '../stores/request-selection.js'
import { useToastsStore } from '../stores/toasts.js'
import { useShortcuts } from './use-shortcuts.js'

/** Maximum time a shortcut waits for the selected request to load. */
const loadMaxMs = 10_000

interface Inspector {
  webhook: Readonly<Ref<Webhook | undefined>>
  request: Readonly<Ref<WebhookRequest | undefined>>
  selectedId: Readonly<Ref<string | undefined>>
  tab: Ref<DetailTab>
  open: (id: string) => void
  close: () => void
  replay: () => void
  edit: () => void
  compare: () => void
  focusFilter: () => void
}

export function useInspectorKeys(inspector: Inspector): void {
  const live = useLiveBufferStore()
  const selection = useRequestSelectionStore()
  const toasts = useToastsStore()
  const { copy } = useClipboard({ legacy: true })
  const copyAs = useCopyAs()

  /** Rows are sorted oldest first, but the screen shows the newest on top: down means a lower index. */
  function step(down: boolean) {
    const rows = live.visible
    const index = rows.findIndex(({ id }) => id === inspector.selectedId.value)
    const next = index < 0 ? rows.at(-1) : rows[down ? index - 1 : index + 1]
    if (next) inspector.open(next.id)
  }
  /** Waits for the selected request to load. Returns undefined if none is selected or the wait times out. */
  async function selectedRequest(): Promise<WebhookRequest | undefined> {
    const id = inspector.selectedId.value
    if (!id) return undefined
    const request = await until(inspector.request).toMatch((found) => found?.id === id, {
      timeout: loadMaxMs,
    })
    return request?.id === id ? request : undefined
  }
  async function copyCurl() {
    const request = await selectedRequest()
    if (!request || !inspector.webhook.value) return
    await copyAs('cURL', request, inspector.webhook.value.url)
  }
  async function copyUrl() {
    if (!inspector.webhook.value) return
    await copy(inspector.webhook.value.url)
    toasts.show('Webhook URL copied')
  }

  async function find() {
    inspector.tab.value = 'body'
    await until(inspector.tab).toBe('body')
    if (!(await selectedRequest())) return
    await nextTick()
    const field = () => document.querySelector<HTMLInputElement>('#find-in-body')
    if (!field()) document.querySelector<HTMLButtonElement>('[data-view=tree], [data-view=text]')?.click()
    await nextTick()
    field()?.focus()
  }
  function nextView() {
    const views = [...document.querySelectorAll<HTMLButtonElement>('[data-view]')]
    const at = views.findIndex((view) => view.ariaPressed === 'true')
    views[(at + 1) % views.length]?.click()
  }

  useShortcuts({
    j: () => step(true),
    ArrowDown: () => step(true),
    k: () => step(false),
    ArrowUp: () => step(false),
    Escape: () => (selection.ids.size > 0 ? selection.clear() : inspector.close()),
    '/': inspector.focusFilter,
    f: find,
    t: nextView,
    x: () => inspector.selectedId.value && selection.toggle(inspector.selectedId.value),
    c: copyCurl,
    u: copyUrl,
    r: inspector.replay,
    e: inspector.edit,
    d: inspector.compare,
    l: () => (live.following ? live.pause() : live.follow()),
    ...Object.fromEntries(
      detailTabs.map((name, index) => [String(index + 1), () => (inspector.tab.value = name)]),
    ),
  })
}
