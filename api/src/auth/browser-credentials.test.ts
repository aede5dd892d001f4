import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLoginLink } from './login-links.js'
import { createBrowser, type Browser } from '../testing/browser.js'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
let browser: Browser
const basic = { authorization: `Basic ${Buffer.from('x:y').toString('base64')}` }

beforeAll(async () => {
  test = await listenWithWebhook()
  browser = createBrowser(test.port)
  const link = await createLoginLink(test.database.db, test.config.publicUrl)
  await browser.call('/auth/local', { method: 'POST', body: { token: /token=(.+)$/.exec(link)![1]! } })
})
afterAll(() => test.close())

describe('Basic credentials that a browser adds by itself', () => {
  it('do not override a valid session', async () => {
    expect((await browser.call('/api/v1/me', { headers: basic })).status).toBe(200)
  })

  it('do not authenticate without a session', async () => {
    expect((await createBrowser(test.port).call('/api/v1/me', { headers: basic })).status).toBe(401)
  })

  it('do not replace the CSRF token', async () => {
    const call = { method: 'POST', headers: basic, body: { name: 'x' } }
    expect((await browser.call('/api/v1/webhooks', call)).status).toBe(403)
  })

  it('do not make a wrong bearer key fall back to the cookie', async () => {
    const headers = { authorization: 'Bearer whk_wrong' }
    expect((await browser.call('/api/v1/me', { headers })).status).toBe(401)
  })
})
