import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import FilterBar from '../components/request/FilterBar.vue'
import { useInspectorUrl } from './use-inspector-url.js'

/** Test double: a server without requests that records the URLs it receives. */
let asked: string[] = []
beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path)
    return new Response('{"items":[],"nextCursor":null}', { headers: { 'content-type': 'application/json' } })
  })
})
afterEach(() => vi.unstubAllGlobals())

const page = defineComponent({
  setup() {
    const url = useInspectorUrl(() => 'w')
    return { url }
  },
  render() {
    return h(FilterBar, {
      following: true,
      modelValue: this.url.filters.value,
      'onUpdate:modelValue': (next: object) => (this.url.filters.value = next),
    })
  },
})
async function setup(at: string) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/webhooks/:webhookId/:requestId?', name: 'inspector', component: page }],
  })
  await router.push(at)
  const shown = mount(page, { global: { plugins: [createPinia(), router] } })
  return { shown, router, bar: bar(shown) }
}
const bar = (shown: ReturnType<typeof mount>) => ({
  text: shown.find<HTMLInputElement>('input[type=search]'),
  method: shown.find<HTMLSelectElement>('select[aria-label=Method]'),
  status: shown.find<HTMLSelectElement>('select[aria-label="Delivery status"]'),
})
const query = (router: Router) => router.currentRoute.value.query
const lastAsked = () => Object.fromEntries(new URL(asked.at(-1)!, 'http://whook').searchParams)

describe('useInspectorUrl', () => {
  it('fills the filter bar and fetches with the filters of the URL', async () => {
    const { bar } = await setup('/webhooks/w?q=paid&method=POST&status=failed')
    expect([bar.text.element.value, bar.method.element.value, bar.status.element.value]).toEqual([
      'paid',
      'POST',
      'failed',
    ])
    expect(lastAsked()).toEqual({ limit: '100', q: 'paid', method: 'POST', status: 'failed' })
  })

  it('writes a selected filter to the URL and keeps the rest of the URL', async () => {
    const { bar, router } = await setup('/webhooks/w/r1?tab=headers')
    await bar.text.setValue('Oslo & Paris')
    await vi.waitFor(() => expect(query(router)).toEqual({ tab: 'headers', q: 'Oslo & Paris' }))
    await bar.status.setValue('waiting')
    await vi.waitFor(() => expect(query(router)).toMatchObject({ q: 'Oslo & Paris', status: 'waiting' }))
    expect(router.currentRoute.value.params['requestId']).toBe('r1')
    await vi.waitFor(() => expect(lastAsked()).toMatchObject({ q: 'Oslo & Paris', status: 'waiting' }))
    await bar.text.setValue('')
    await vi.waitFor(() => expect(query(router)).toEqual({ tab: 'headers', status: 'waiting' }))
  })

  it('updates the filter bar when the URL changes, as by Back', async () => {
    const { bar, router } = await setup('/webhooks/w?q=paid')
    await router.push('/webhooks/w?method=GET')
    await vi.waitFor(() => expect([bar.text.element.value, bar.method.element.value]).toEqual(['', 'GET']))
    router.back()
    await vi.waitFor(() => expect([bar.text.element.value, bar.method.element.value]).toEqual(['paid', '']))
  })

  it('keeps both filters when two change before the router navigates', async () => {
    const { bar, router } = await setup('/webhooks/w')
    router.beforeEach(() => new Promise((resolve) => setTimeout(resolve, 50)))
    await bar.method.setValue('PUT')
    await bar.status.setValue('none')
    await vi.waitFor(() => expect(query(router)).toEqual({ method: 'PUT', status: 'none' }))
  })

  it('does not fetch again when only the request or the tab changes', async () => {
    const { router } = await setup('/webhooks/w?q=paid')
    await router.replace('/webhooks/w/r1?q=paid&tab=raw')
    expect(asked).toHaveLength(1)
  })
})
