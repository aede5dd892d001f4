import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { exampleMe, onePage } from '../testing/examples.js'
import { stubApi, type InMemoryApi } from '../testing/in-memory-api.js'
import { mountPage } from '../testing/mount-page.js'

let api: InMemoryApi
beforeEach(() => {
  api = stubApi()
  api.on('get', '/auth/options', () => ({ mode: 'local', providerName: null, signedIn: false }))
})

describe('LoginPage', () => {
  it('shows a placeholder while the options load, then the form for a link', async () => {
    const release = api.hold('get', '/auth/options')
    const { loading, page } = await mountPage('/login')
    expect(loading()).toEqual(['Loading'])
    release()
    await flushPromises()
    expect(loading()).toEqual([])
    expect(page.find('label').text()).toBe('Sign-in link or token')
  })

  it('shows the problem, and the provider after a retry', async () => {
    api.refuse('get', '/auth/options', 503)
    const { problems, click, page } = await mountPage('/login?next=/overview')
    expect(problems()).toEqual(['Refused with 503 Try again'])
    api.on('get', '/auth/options', () => ({ mode: 'server', providerName: 'Google', signedIn: false }))
    await click('Try again')
    expect(page.find('a').text()).toBe('Continue with Google')
    expect(page.find('a').attributes('href')).toBe('/auth/google?next=%2Foverview')
  })

  it('shows why a sign-in failed', async () => {
    const { problems } = await mountPage('/login?error=not-allowed')
    expect(problems()[0]).toMatch(/^This account is not allowed to sign in/)
  })

  it('shows the refusal of a token, and opens the wanted page after a valid one', async () => {
    api.refuse('post', '/auth/local', 401)
    const { page, problems, router } = await mountPage('/login?next=/settings')
    await page.find('input').setValue('http://localhost/login#token=old')
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(problems()).toEqual(['Refused with 401'])
    api.on('post', '/auth/local', () => undefined)
    api.on('get', '/api/v1/me', () => exampleMe)
    api.on('get', '/api/v1/api-keys', () => onePage())
    api.on('get', '/api/v1/sessions', () => onePage())
    await page.find('form').trigger('submit')
    await flushPromises()
    expect(api.calls.find(({ path }) => path === '/auth/local')!.body).toEqual({ token: 'old' })
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/settings'))
  })
})
