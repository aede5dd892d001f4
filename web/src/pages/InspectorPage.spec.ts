import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  exampleFullDelivery,
  exampleRequest,
  exampleSummary,
  exampleWebhook,
  onePage,
} from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

const requests = '/api/v1/webhooks/{webhookId}/requests'
const pageOf = (...items: ReturnType<typeof exampleSummary>[]) => ({ ...onePage(...items), bookmark: 'b' })

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/webhooks/{webhookId}', () => exampleWebhook())
  api.on('get', requests, () => pageOf(exampleSummary(), exampleSummary({ id: 'r2', event: 'invoice.sent' })))
  api.on('get', '/api/v1/requests/{requestId}', ({ path }) => exampleRequest({ id: path.requestId }))
  api.on('get', '/api/v1/requests/{requestId}/deliveries', () => onePage(exampleFullDelivery()))
  api.on('get', '/api/v1/deliveries/{deliveryId}', () => exampleFullDelivery())
})

describe('InspectorPage', () => {
  it('shows placeholders for webhook and requests while they load', async () => {
    const releaseWebhook = api.hold('get', '/api/v1/webhooks/{webhookId}')
    const releaseRequests = api.hold('get', requests)
    const { loading, page } = await mountPage('/webhooks/w1')
    expect(loading()).toEqual(['Loading the webhook'])
    releaseWebhook()
    await flushPromises()
    expect(loading()).toEqual(['Loading the requests'])
    releaseRequests()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.findAll('[role=option]')).toHaveLength(2)
  })

  it('reports a missing webhook, without a retry', async () => {
    api.refuse('get', '/api/v1/webhooks/{webhookId}', 404)
    const { problems } = await mountPage('/webhooks/w1')
    expect(problems()[0]).toMatch(/^This webhook cannot be found .* All webhooks$/)
  })

  it('shows the problem of the list, and the requests after a retry', async () => {
    api.refuse('get', requests)
    const { problems, click, page } = await mountPage('/webhooks/w1')
    expect(problems()).toEqual(['The requests could not be loaded Refused with 500 Try again'])
    api.on('get', requests, () => pageOf(exampleSummary()))
    await click('Try again')
    expect(problems()).toEqual([])
    expect(page.findAll('[role=option]')).toHaveLength(1)
  })

  it('explains how to send the first request when there was none', async () => {
    api.on('get', '/api/v1/webhooks/{webhookId}', () => exampleWebhook({ requestCount: 0 }))
    api.on('get', requests, () => pageOf())
    const { text } = await mountPage('/webhooks/w1')
    await vi.waitFor(() => expect(text()).toContain('Waiting for the first request'))
  })

  it('says that no request matches, and clears the filter', async () => {
    api.on('get', requests, ({ query }) => (query['method'] ? pageOf() : pageOf(exampleSummary())))
    const { text, click, page, router } = await mountPage('/webhooks/w1?method=PUT')
    expect(text()).toContain('Nothing matches this filter')
    await click('Clear the filter')
    await vi.waitFor(() => expect(page.findAll('[role=option]')).toHaveLength(1))
    expect(router.currentRoute.value.query).toEqual({})
  })

  it('shows the request of the URL with its deliveries', async () => {
    const { page, text } = await mountPage('/webhooks/w1/r1?tab=deliveries')
    await vi.waitFor(() => expect(page.find('article').attributes('aria-label')).toBe('POST invoice.paid'))
    await vi.waitFor(() => expect(text()).toContain('https://app.example.com/webhooks'))
    expect(page.find('[role=option][aria-selected=true]').text()).toContain('invoice.paid')
  })

  it('shows the problem of a request, and the request after a retry', async () => {
    api.refuse('get', '/api/v1/requests/{requestId}')
    const { page, problems, click } = await mountPage('/webhooks/w1/r1')
    expect(problems()[0]).toMatch(/^This request could not be loaded/)
    api.on('get', '/api/v1/requests/{requestId}', () => exampleRequest())
    await click('Try again')
    expect(page.find('article').exists()).toBe(true)
  })

  it('removes a request from the list immediately', async () => {
    const { page } = await mountPage('/webhooks/w1/r1')
    await vi.waitFor(() => expect(page.find('article').exists()).toBe(true))
    await page.find('[aria-label="Delete this request"]').trigger('click')
    await vi.waitFor(() => expect(page.findAll('[role=option]')).toHaveLength(1))
    expect(api.calls.some(({ method }) => method === 'delete')).toBe(false)
  })
})
