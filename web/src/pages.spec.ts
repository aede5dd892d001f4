import { describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { mainPages, pages, titleOf, webhookPages } from './pages.js'
import { routes } from './router.js'

const router = createRouter({ history: createMemoryHistory(), routes })

describe('pages', () => {
  it.each(Object.entries(pages))('has a route when the page is %s', (name, { path }) => {
    expect(router.getRoutes().find((route) => route.name === name)?.path).toBe(path)
  })

  it('opens each page of the main navigation with its own key', () => {
    expect(mainPages.map(({ name, key }) => [name, key])).toEqual([
      ['overview', 'o'],
      ['webhooks', 'w'],
      ['deliveries', 'd'],
      ['settings', 's'],
    ])
  })

  it('lists the tabs of a webhook in order', () => {
    expect(webhookPages.map(({ title }) => title)).toEqual(['Requests', 'Destinations', 'Script', 'Settings'])
  })

  it.each([
    ['/webhooks/w1/settings', 'webhook-settings', 'Settings'],
    ['/webhooks/w1/destinations', 'destinations', 'Destinations'],
    ['/webhooks/w1/r1', 'inspector', 'Requests'],
    ['/webhooks', 'webhooks', 'Webhooks'],
    ['/no/such/page', 'missing', 'Page not found'],
  ])('opens the right page when the path is %s', async (path, name, title) => {
    await router.push(path)
    const { name: opened } = router.currentRoute.value
    expect([opened, titleOf(opened)]).toEqual([name, title])
  })
})
