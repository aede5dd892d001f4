import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { exampleRequest, exampleSummary, exampleWebhook, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

const script = '/api/v1/webhooks/{webhookId}/transformation'
const url = '/webhooks/w1/transformation'
const at = '2026-01-15T09:30:00.000Z'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/webhooks/{webhookId}', () => exampleWebhook())
  api.on('get', '/api/v1/webhooks/{webhookId}/requests', () => ({ ...onePage(), bookmark: null }))
  api.on('get', script, () => ({ webhookId: 'w1', script: 'function a() {}', version: 3, updatedAt: at }))
})

describe('TransformationPage', () => {
  it('shows a placeholder while the script loads, then its version', async () => {
    const release = api.hold('get', script)
    const { loading, text } = await mountPage(url)
    expect(loading()).toEqual(['Loading the script'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(text()).toContain('version 3 active')
  })

  it('shows the problem, and the script after a retry', async () => {
    api.refuse('get', script)
    const { problems, click, text } = await mountPage(url)
    expect(problems()).toEqual(['The script could not be loaded Refused with 500 Try again'])
    api.on('get', script, () => ({ webhookId: 'w1', script: null, version: 4, updatedAt: at }))
    await click('Try again')
    expect(problems()).toEqual([])
    expect(text()).toContain('no active script')
  })

  it('shows the starter script when the webhook has none, and saves it', async () => {
    api.on('get', script, () => ({ webhookId: 'w1', script: null, version: 0, updatedAt: null }))
    api.on('put', script, ({ body }) => ({ webhookId: 'w1', script: body.script, version: 1, updatedAt: at }))
    const { page, text } = await mountPage(url)
    expect(page.find('code-editor-stub[label=Script]').attributes('modelvalue')).toContain('transform')
    const save = page.findAll('button').find((one) => one.text() === 'Save')!
    await save.trigger('click')
    await flushPromises()
    expect(text()).toContain('version 1 active')
    expect(save.attributes('disabled')).toBeDefined()
  })

  it('uses the newest request as the input of a test run', async () => {
    api.on('get', '/api/v1/webhooks/{webhookId}/requests', () => ({
      ...onePage(exampleSummary()),
      bookmark: null,
    }))
    api.on('get', '/api/v1/requests/{requestId}', () => exampleRequest())
    const { page } = await mountPage(url)
    await flushPromises()
    expect(page.find('code-editor-stub[label=Input]').attributes('modelvalue')).toContain('"amount": 12')
  })
})
