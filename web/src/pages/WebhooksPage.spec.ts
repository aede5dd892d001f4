import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { exampleWebhook, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/webhooks', () =>
    onePage(exampleWebhook(), exampleWebhook({ id: 'w2', name: 'Shop' })),
  )
})

describe('WebhooksPage', () => {
  it('shows a placeholder while the webhooks load, then their names', async () => {
    const release = api.hold('get', '/api/v1/webhooks')
    const { loading, text, page } = await mountPage('/')
    expect(loading()).toEqual(['Loading the webhooks'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.find('h1').text()).toBe('Webhooks')
    expect(text()).toContain('Payments')
    expect(text()).toContain('Shop')
  })

  it('shows the problem, and the webhooks after a retry', async () => {
    api.refuse('get', '/api/v1/webhooks')
    const { problems, click, text } = await mountPage('/')
    expect(problems()).toEqual(['Your webhooks could not be loaded Refused with 500 Try again'])
    api.on('get', '/api/v1/webhooks', () => onePage(exampleWebhook()))
    await click('Try again')
    expect(problems()).toEqual([])
    expect(text()).toContain('Payments')
  })

  it('offers to create the first webhook when there is none, and opens it', async () => {
    api.on('get', '/api/v1/webhooks', () => onePage())
    api.on('post', '/api/v1/webhooks', ({ body }) => exampleWebhook({ id: 'w9', name: body.name }))
    api.on('get', '/api/v1/webhooks/{webhookId}/requests', () => ({ ...onePage(), bookmark: null }))
    const { page, text, router } = await mountPage('/')
    expect(text()).toContain('Create your first webhook')
    await page.find('input').setValue('Stripe')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(api.calls.find(({ method }) => method === 'post')!.body).toEqual({ name: 'Stripe' })
    await vi.waitFor(() => expect(router.currentRoute.value.params).toMatchObject({ webhookId: 'w9' }), {
      timeout: 20_000,
    })
  })

  it('deletes a webhook after its name was typed', async () => {
    api.on('delete', '/api/v1/webhooks/{webhookId}', () => undefined)
    const { page, text } = await mountPage('/')
    await page.find('[aria-label="Delete Shop"]').trigger('click')
    const dialog = page.find('dialog[aria-label="Delete Shop?"]')
    await dialog.find('form').trigger('submit')
    expect(api.calls.some(({ method }) => method === 'delete')).toBe(false)
    await dialog.find('input').setValue('Shop')
    await dialog.find('form').trigger('submit')
    await flushPromises()
    expect(api.calls.at(-1)).toMatchObject({ method: 'delete', path: '/api/v1/webhooks/w2' })
    expect(text()).not.toContain('Shop')
  })
})
