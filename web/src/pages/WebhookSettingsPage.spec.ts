import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { exampleWebhook, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

const webhook = '/api/v1/webhooks/{webhookId}'
const url = '/webhooks/w1/settings'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', webhook, () => exampleWebhook())
})

describe('WebhookSettingsPage', () => {
  it('shows a placeholder while the webhook loads, then its settings', async () => {
    const release = api.hold('get', webhook)
    const { loading, page } = await mountPage(url)
    expect(loading()).toEqual(['Loading the webhook'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.findAll('section').map((one) => one.attributes('aria-label'))).toEqual([
      'General',
      'Response',
      'Verification',
      'Danger zone',
    ])
  })

  it('shows the problem, and the settings after a retry', async () => {
    api.refuse('get', webhook)
    const { problems, click, page } = await mountPage(url)
    expect(problems()[0]).toMatch(/^This webhook could not be loaded Refused with 500 Try again/)
    api.on('get', webhook, () => exampleWebhook())
    await click('Try again')
    expect(page.find('section[aria-label=General]').exists()).toBe(true)
  })

  it('reports a missing webhook', async () => {
    api.refuse('get', webhook, 404)
    const { problems } = await mountPage(url)
    expect(problems()[0]).toMatch(/^This webhook cannot be found/)
  })

  it('opens the list of webhooks when the webhook was deleted', async () => {
    api.on('delete', webhook, () => undefined)
    api.on('get', '/api/v1/webhooks', () => onePage())
    const { page, click, router } = await mountPage(url)
    await click('Delete webhook')
    const dialog = page.find('dialog[aria-label="Delete this webhook?"]')
    await dialog.find('input').setValue('Payments')
    await dialog.find('form').trigger('submit')
    await flushPromises()
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe('webhooks'))
  })
})
