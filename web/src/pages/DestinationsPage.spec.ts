import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { exampleDestination, exampleWebhook, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'
import { useToastsStore } from '../stores/toasts.js'

const destinations = '/api/v1/webhooks/{webhookId}/destinations'
const url = '/webhooks/w1/destinations'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/webhooks/{webhookId}', () => exampleWebhook())
  api.on('get', destinations, () => onePage(exampleDestination()))
})

describe('DestinationsPage', () => {
  it('shows a placeholder while the destinations load, then one card for each', async () => {
    const release = api.hold('get', destinations)
    const { loading, page } = await mountPage(url)
    expect(loading()).toEqual(['Loading the destinations'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.find('section[aria-label=Application]').text()).toContain('42 delivered')
  })

  it('shows the problem, and the destinations after a retry', async () => {
    api.refuse('get', destinations)
    const { problems, click, page } = await mountPage(url)
    expect(problems()).toEqual(['The destinations could not be loaded Refused with 500 Try again'])
    api.on('get', destinations, () => onePage(exampleDestination()))
    await click('Try again')
    expect(page.find('section[aria-label=Application]').exists()).toBe(true)
  })

  it('creates the first destination, and shows its secret once', async () => {
    api.on('get', destinations, () => onePage())
    const { page, text } = await mountPage(url)
    expect(text()).toContain('No destinations yet')
    await page
      .findAll('button')
      .find((one) => one.text() === 'Add destination')!
      .trigger('click')
    api.on('post', destinations, ({ body }) => {
      const created = exampleDestination({ url: body.url })
      api.on('get', destinations, () => onePage(created))
      return { ...created, secret: 'whsec_1' }
    })
    await page.find('dialog input[type=url]').setValue('https://shop.example.com')
    await page.find('dialog form').trigger('submit')
    await flushPromises()
    expect(text()).toContain('whsec_1')
    expect(text()).toContain('https://shop.example.com')
  })

  it('hides a deleted destination, and undo shows it again', async () => {
    const { click, text, page } = await mountPage(`${url}/d1`)
    await click('Delete')
    expect(text()).toContain('No destinations yet')
    useToastsStore().list[0]!.action!.run()
    await flushPromises()
    expect(page.find('section[aria-label=Application]').exists()).toBe(true)
    expect(api.calls.some(({ method }) => method === 'delete')).toBe(false)
  })
})
