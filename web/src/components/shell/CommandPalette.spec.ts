import type { Webhook } from '@whook/shared'
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useWebhooksStore } from '../../stores/webhooks.js'
import CommandPalette from './CommandPalette.vue'

const page = { template: '<p />' }
async function setup(at = '/') {
  const pinia = createPinia()
  setActivePinia(pinia)
  const webhooks = useWebhooksStore()
  for (const [id, name] of [
    ['w1', 'Stripe live'],
    ['w2', 'Stripe test'],
    ['w3', 'GitHub'],
  ])
    // prettier-ignore
    webhooks.put({ id, name, status: 'active' } as Webhook)
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', name: 'webhooks', component: page },
      { path: '/overview', name: 'overview', component: page },
      { path: '/deliveries', name: 'deliveries', component: page },
      { path: '/settings', name: 'settings', component: page },
      { path: '/webhooks/:webhookId', name: 'inspector', component: page },
      ...['destinations', 'transformation', 'webhook-settings'].map((name) => ({
        path: `/webhooks/:webhookId/${name}`,
        name,
        component: page,
      })),
    ],
  })
  await router.push(at)
  palette = mount(CommandPalette, {
    props: { open: false, 'onUpdate:open': (open: boolean) => palette!.setProps({ open }) },
    global: { plugins: [pinia, router] },
    attachTo: document.body,
  })
  return router
}
let palette: ReturnType<typeof mount> | undefined
beforeEach(() => (palette = undefined))
afterEach(() => palette?.unmount())

const press = async (key: string, more: KeyboardEventInit = {}) => {
  const target = palette!.find('input').exists() ? palette!.find('input').element : document.body
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
  await nextTick()
  await nextTick()
}
const options = () => palette!.findAll('[role=option]')
const active = () => palette!.find('[aria-selected=true]').text()

describe('CommandPalette', () => {
  it('shows the number of hidden webhooks when too many match', async () => {
    await setup()
    const webhooks = useWebhooksStore()
    for (let n = 0; n < 20; n++)
      webhooks.put({ id: `many${n}`, name: `Team ${n}`, status: 'active' } as Webhook)
    await press('k', { ctrlKey: true })
    await palette!.find('input').setValue('team')
    expect(options()).toHaveLength(8)
    expect(palette!.text()).toContain('12 more webhooks. Keep typing to find them.')
    await palette!.find('input').setValue('team 19')
    expect(palette!.text()).not.toContain('more webhook')
  })

  it('opens with an empty field and closes when Mod+K is pressed', async () => {
    await setup()
    await press('k', { ctrlKey: true })
    expect(palette!.find('dialog').element.open).toBe(true)
    await palette!.find('input').setValue('old')
    await press('k', { metaKey: true })
    expect(palette!.find('dialog').element.open).toBe(false)
    await press('K', { ctrlKey: true })
    expect(palette!.find('input').element.value).toBe('')
  })

  it('finds entries that contain all typed words in any order and case', async () => {
    await setup()
    await press('k', { ctrlKey: true })
    await palette!.find('input').setValue('TEST stripe')
    expect(options().map((option) => option.text())).toEqual(['Stripe test'])
    await palette!.find('input').setValue('nothing like it')
    expect(options()).toHaveLength(0)
    expect(palette!.text()).toContain('No results for “nothing like it”')
    await press('Enter')
  })

  it('moves the active option when arrow keys are pressed, also past the ends', async () => {
    await setup()
    await press('k', { ctrlKey: true })
    await palette!.find('input').setValue('stripe')
    const first = active()
    await press('ArrowUp')
    expect(active()).toBe(options().at(-1)!.text())
    await press('ArrowDown')
    expect(active()).toBe(first)
    const id = palette!.find('input').attributes('aria-activedescendant')
    expect(palette!.find(`[id="${id}"]`).attributes('aria-selected')).toBe('true')
  })

  it('opens the selected webhook and closes when Enter is pressed', async () => {
    const router = await setup()
    await press('k', { ctrlKey: true })
    await palette!.find('input').setValue('github')
    await press('Enter')
    await new Promise((resolve) => setTimeout(resolve))
    expect(router.currentRoute.value.params).toEqual({ webhookId: 'w3' })
    expect(palette!.find('dialog').element.open).toBe(false)
  })

  it('lists the pages and the pause action of the open webhook first', async () => {
    await setup('/webhooks/w2')
    await press('k', { ctrlKey: true })
    expect(
      options()
        .slice(0, 5)
        .map((option) => option.text().replace('This webhook', '')),
    ).toEqual(['Requests', 'Destinations', 'Script', 'Settings', 'Pause deliveries'])
  })
})
