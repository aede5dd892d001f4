import type { Replay, ReplayCount } from '@whook/shared'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import ReplayDialog from './ReplayDialog.vue'

/** Fake server with a count and a finished replay. */
let count: ReplayCount
const replay = {
  id: 'r',
  status: 'finished',
  total: 240,
  done: 240,
  deliveries: 240,
  waiting: 1,
  delivered: 70,
  failed: 9,
  filtered: 160,
} as Replay
beforeEach(() => {
  vi.stubGlobal('fetch', async (path: string) =>
    Response.json(path.endsWith('/count') ? count : replay, {
      headers: { 'content-type': 'application/json' },
    }),
  )
})
afterEach(() => vi.unstubAllGlobals())

async function show(props: object) {
  const shown = mount(ReplayDialog, {
    props: { open: true, webhookId: 'w', ...props },
    global: { plugins: [createPinia()] },
  })
  await flushPromises()
  return shown
}
const words = (shown: Awaited<ReturnType<typeof show>>) => shown.text().replace(/\s+/g, ' ')

describe('ReplayDialog', () => {
  it('shows the number of deliveries when no destination has a filter', async () => {
    count = { total: 240, deliveries: 480, withFilter: 0 }
    expect(words(await show({}))).toContain('240 requests are stored: 480 deliveries would be sent again.')
  })

  it('shows the number as a maximum when destinations have filters', async () => {
    count = { total: 240, deliveries: 480, withFilter: 240 }
    expect(words(await show({ filters: { q: 'paid' } }))).toContain(
      '240 requests match the filter: at most 480 deliveries would be sent again. ' +
        '240 of them are for a destination with a filter. Deliveries that the filter rejects are not sent.',
    )
  })

  it('counts deliveries when deliveries are replayed', async () => {
    count = { total: 210, deliveries: 210, withFilter: 3 }
    const shown = await show({ webhookId: undefined, deliveryFilter: { status: 'dead' } })
    expect(words(shown)).toContain('210 deliveries match: at most 210 deliveries would be sent again.')
  })

  it('shows the number of filtered deliveries when a replay was started', async () => {
    count = { total: 240, deliveries: 240, withFilter: 240 }
    const shown = await show({})
    await shown
      .findAll('button')
      .find((button) => button.text() === 'Replay 240')!
      .trigger('click')
    await flushPromises()
    expect(words(shown)).toContain('70 delivered, 9 failed, 160 filtered, 1 waiting.')
    shown.unmount()
  })
})
