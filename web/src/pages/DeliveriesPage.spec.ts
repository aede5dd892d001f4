import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { exampleDelivery, exampleFullDelivery, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

const deliveries = '/api/v1/deliveries'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', deliveries, () => onePage(exampleDelivery(), exampleDelivery({ id: 'v2', status: 'dead' })))
  api.on('get', '/api/v1/deliveries/{deliveryId}', ({ path }) => exampleFullDelivery({ id: path.deliveryId }))
})

describe('DeliveriesPage', () => {
  it('shows a placeholder while the deliveries load, then a row for each', async () => {
    const release = api.hold('get', deliveries)
    const { loading, page } = await mountPage('/deliveries')
    expect(loading()).toEqual(['Loading the deliveries'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.findAll('li')).toHaveLength(2)
  })

  it('shows the problem, and the deliveries after a retry', async () => {
    api.refuse('get', deliveries)
    const { problems, click, page } = await mountPage('/deliveries')
    expect(problems()).toEqual(['The deliveries could not be loaded Refused with 500 Try again'])
    api.on('get', deliveries, () => onePage(exampleDelivery()))
    await click('Try again')
    expect(problems()).toEqual([])
    expect(page.findAll('li')).toHaveLength(1)
  })

  it('explains how to get deliveries when there are none', async () => {
    api.on('get', deliveries, () => onePage())
    const { text } = await mountPage('/deliveries')
    expect(text()).toContain('No deliveries yet')
  })

  it('says that no delivery matches, and clears the filter', async () => {
    api.on('get', deliveries, ({ query }) => (query['status'] ? onePage() : onePage(exampleDelivery())))
    const { text, click, page } = await mountPage('/deliveries?status=dead')
    expect(text()).toContain('Nothing matches this filter')
    await click('Clear the filter')
    expect(page.findAll('li')).toHaveLength(1)
  })

  it('loads older deliveries', async () => {
    api.on('get', deliveries, ({ query }) =>
      query['cursor']
        ? onePage(exampleDelivery({ id: 'v0' }))
        : { items: [exampleDelivery()], nextCursor: 'older' },
    )
    const { click, page } = await mountPage('/deliveries')
    await click('Load older deliveries')
    expect(page.findAll('li')).toHaveLength(2)
  })

  it('shows the delivery of the URL, and its problem when it cannot be loaded', async () => {
    const { page, text } = await mountPage('/deliveries/v2')
    expect(page.find('aside').text()).toContain('View request')
    expect(text()).toContain('Application')
    api.refuse('get', '/api/v1/deliveries/{deliveryId}', 404)
    const { problems } = await mountPage('/deliveries/v3')
    expect(problems()[0]).toMatch(/^This delivery cannot be found/)
  })
})
