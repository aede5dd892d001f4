import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { exampleApiKey, exampleSession, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/api/v1/api-keys', () => onePage(exampleApiKey()))
  api.on('get', '/api/v1/sessions', () =>
    onePage(exampleSession(), exampleSession({ id: 's2', current: true })),
  )
})

describe('SettingsPage', () => {
  it('shows placeholders while keys and sessions load, then both', async () => {
    const releases = [api.hold('get', '/api/v1/api-keys'), api.hold('get', '/api/v1/sessions')]
    const { loading, text, page } = await mountPage('/settings')
    expect(loading()).toEqual(['Loading the keys', 'Loading the sessions'])
    for (const release of releases) release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(text()).toContain('whk_01234567…')
    expect(page.findAll('section[aria-label=Sessions] li')).toHaveLength(2)
  })

  it('shows the problem of each card, and its list after a retry', async () => {
    api.refuse('get', '/api/v1/api-keys')
    api.refuse('get', '/api/v1/sessions')
    const { problems, page, text } = await mountPage('/settings')
    expect(problems()).toEqual([
      'Your keys could not be loaded Refused with 500 Try again',
      'Your sessions could not be loaded Refused with 500 Try again',
    ])
    api.on('get', '/api/v1/api-keys', () => onePage(exampleApiKey()))
    api.on('get', '/api/v1/sessions', () => onePage(exampleSession()))
    for (const retry of page.findAll('button').filter((one) => one.text() === 'Try again'))
      await retry.trigger('click')
    await flushPromises()
    expect(problems()).toEqual([])
    expect(text()).toContain('Firefox on Linux')
  })

  it('explains keys when there are none, and shows a created key once', async () => {
    api.on('get', '/api/v1/api-keys', () => onePage())
    const { page, text } = await mountPage('/settings')
    expect(text()).toContain('No API keys yet.')
    api.on('post', '/api/v1/api-keys', ({ body }) => {
      const created = exampleApiKey({ name: body.name, scopes: body.scopes })
      api.on('get', '/api/v1/api-keys', () => onePage(created))
      return { ...created, key: 'whk_secret' }
    })
    await page.find('[aria-label="Name of the key"]').setValue('Deploy')
    await page.find('section[aria-label="API keys"] form').trigger('submit')
    await flushPromises()
    expect(text()).toContain('whk_secret')
    expect(page.find('[aria-label="Revoke Deploy"]').exists()).toBe(true)
    await page
      .findAll('button')
      .find((one) => one.text() === 'Done')!
      .trigger('click')
    expect(text()).not.toContain('whk_secret')
  })

  it('signs another session out and removes it from the list', async () => {
    api.on('delete', '/api/v1/sessions/{sessionId}', () => {
      api.on('get', '/api/v1/sessions', () => onePage(exampleSession({ current: true })))
      return undefined
    })
    const { page, click } = await mountPage('/settings')
    await click('Sign out')
    expect(page.findAll('section[aria-label=Sessions] li')).toHaveLength(1)
  })
})
