import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { exampleStats } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/stats', () => exampleStats())
})

describe('OverviewPage', () => {
  it('shows a placeholder while the statistics load, then the numbers', async () => {
    const release = api.hold('get', '/api/v1/stats')
    const { loading, text } = await mountPage('/overview')
    expect(loading()).toEqual(['Loading the statistics'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(text()).toContain('Requests 42')
    expect(text()).toContain('0 unaccounted for')
  })

  it('shows the problem, and the numbers after a retry', async () => {
    api.refuse('get', '/api/v1/stats')
    const { problems, click, text } = await mountPage('/overview')
    expect(problems()).toEqual(['The statistics could not be loaded Refused with 500 Try again'])
    api.on('get', '/api/v1/stats', () => exampleStats())
    await click('Try again')
    expect(problems()).toEqual([])
    expect(text()).toContain('Requests 42')
  })

  it('shows a note when the list of destinations is empty', async () => {
    const { text } = await mountPage('/overview')
    expect(text()).toContain('No destinations yet.')
  })

  it('keeps the numbers and reports that they are old when another range fails', async () => {
    const { click, problems, text } = await mountPage('/overview')
    api.refuse('get', '/api/v1/stats')
    await click('7d')
    expect(problems()).toEqual(['Data is out of date: Refused with 500'])
    expect(text()).toContain('Requests 42')
    expect(api.calls.map(({ query }) => query)).toEqual([{ range: '24h' }, { range: '7d' }])
  })
})
