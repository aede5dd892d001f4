import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ann, clientId } from '@whook/testing/identity-provider'
import { beginSignIn, listenWithProvider, signIn } from '../../testing/sign-in.js'
import { rawHttp } from '../../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithProvider>>
beforeAll(async () => {
  test = await listenWithProvider()
})
afterAll(() => test.close())
beforeEach(async () => {
  Object.assign(test.provider, { person: ann, forge: undefined, answer: undefined })
  await test.database.sql`delete from "user"`
})

const me = async (browser: ReturnType<typeof test.browser>) => browser.call('/api/v1/me')
const users = () => test.database.sql`select email, name, picture, google_id from "user" order by id`

describe('GET /auth/google', () => {
  it('redirects with state, PKCE S256, nonce and the configured redirect URI', async () => {
    const { status, location } = await test.browser().call('/auth/google')
    const url = new URL(location)
    expect([status, url.origin]).toEqual([302, test.provider.issuer])
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: 'http://localhost:5000/auth/callback',
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{20,}$/),
      nonce: expect.stringMatching(/^[\w-]{32}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
  })

  it('signs the user in and opens the requested page', async () => {
    const browser = test.browser()
    const { status, location } = await signIn(browser, '/auth/google?next=/webhooks/1%3Fq=a')
    expect([status, location]).toEqual([302, '/webhooks/1?q=a'])
    const { email, name, picture } = ann
    expect((await me(browser)).json()).toMatchObject({ mode: 'server', user: { email, name, picture } })
    expect(await users()).toEqual([{ email, name, picture, google_id: `${test.provider.issuer} ann-1` }])
  })

  it('keeps only the session cookie, HttpOnly and Lax', async () => {
    const browser = test.browser()
    const { headers } = await signIn(browser)
    expect([...browser.cookies.keys()]).toEqual(['whook_sid'])
    expect(headers.getSetCookie().find((line) => line.startsWith('whook_sid='))).toMatch(
      /HttpOnly; SameSite=Lax/,
    )
  })

  it('updates name, picture and last sign-in of the same account', async () => {
    await signIn(test.browser())
    const [before] = await test.database.sql`select id, last_login from "user"`
    test.provider.person = {
      ...ann,
      name: 'Ann Married',
      email: 'ann.m@example.com',
      picture: 'javascript:alert(1)',
    }
    await signIn(test.browser())
    const [after] = await test.database.sql`select id, email, name, picture, last_login from "user"`
    expect(after).toMatchObject({
      id: before!['id'],
      email: 'ann.m@example.com',
      name: 'Ann Married',
      picture: null,
    })
    expect(after!['last_login'].getTime()).toBeGreaterThan(before!['last_login'].getTime())
  })

  it('never merges two identities with the same e-mail', async () => {
    await signIn(test.browser())
    test.provider.person = { ...ann, sub: 'another-subject' }
    const browser = test.browser()
    expect((await signIn(browser)).location).toBe('/login?error=email-taken')
    expect((await me(browser)).status).toBe(401)
    expect(await users()).toHaveLength(1)
  })

  it("ends the browser's previous session, also of another user", async () => {
    const browser = test.browser()
    await signIn(browser)
    const old = browser.cookies.get('whook_sid')!
    test.provider.person = { ...ann, sub: 'bob-1', email: 'bob@example.com', name: 'Bob' }
    await signIn(browser)
    expect((await me(browser)).json()).toMatchObject({ user: { name: 'Bob' } })
    browser.cookies.set('whook_sid', old)
    expect((await me(browser)).status).toBe(401)
  })

  it('returns 401 for the cookie of a signed-out session', async () => {
    const browser = test.browser()
    await signIn(browser)
    const old = browser.cookies.get('whook_sid')!
    const { csrfToken } = (await me(browser)).json<{ csrfToken: string }>()
    const out = await browser.call('/auth/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } })
    expect(out.status).toBe(204)
    browser.cookies.set('whook_sid', old)
    expect((await me(browser)).status).toBe(401)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '/%09/evil.example',
    'https:evil.example',
    '/\t/evil',
    'x',
    '/..//evil',
  ])('redirects only to this origin: next=%j', async (next) => {
    const { location } = await signIn(test.browser(), `/auth/google?next=${encodeURIComponent(next)}`)
    const { origin } = new URL(location, 'http://localhost:5000')
    expect([location.startsWith('//'), origin]).toEqual([false, 'http://localhost:5000'])
  })

  it('returns 421 for a forged Host, and ignores forged forwarded headers', async () => {
    const forged = await rawHttp(
      test.port,
      'GET /auth/google HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    )
    expect(forged).toMatch(/^HTTP\/1.1 421 /)
    const { location } = await test
      .browser()
      .call('/auth/google', { headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' } })
    expect(new URL(location).searchParams.get('redirect_uri')).toBe('http://localhost:5000/auth/callback')
  })
})

describe('GET /auth/callback', () => {
  it.each([
    { name: 'a tampered state', change: (url: string) => url.replace('state=', 'state=x') },
    { name: 'no state', change: (url: string) => url.replace(/&state=[^&]*/, '') },
    { name: 'two states', change: (url: string) => url + url.slice(url.indexOf('&state=')) },
    { name: 'an error with a tampered state', change: () => '/auth/callback?error=access_denied&state=x' },
  ])('refuses $name', async ({ change }) => {
    const browser = test.browser()
    const { location } = await browser.call(change((await beginSignIn(browser)).callback))
    expect(location).toBe('/login?error=state-invalid')
    expect((await me(browser)).status).toBe(401)
  })

  it("refuses another browser's code (login CSRF)", async () => {
    const [attacker, victim] = [test.browser(), test.browser()]
    const { callback: url } = await beginSignIn(attacker)
    expect((await victim.call(url)).location).toBe('/login?error=state-invalid')
    await beginSignIn(victim)
    expect((await victim.call(url)).location).toBe('/login?error=state-invalid')
  })

  it('refuses a used code, also when the cookies are restored', async () => {
    const browser = test.browser()
    const { callback: url } = await beginSignIn(browser)
    const cookies = [...browser.cookies]
    expect((await browser.call(url)).location).toBe('/')
    expect((await browser.call(url)).location).toBe('/login?error=state-invalid')
    const thief = test.browser()
    for (const [name, value] of cookies) thief.cookies.set(name, value)
    expect((await thief.call(url)).location).toBe('/login?error=code-refused')
    expect((await me(thief)).status).toBe(401)
  })

  it.each([
    ['access_denied', 'denied'],
    ['temporarily_unavailable', 'provider-unavailable'],
    ['<script>', 'failed'],
  ])('shows the error %s on the sign-in page', async (error, code) => {
    const browser = test.browser()
    const url = new URL((await beginSignIn(browser, '/auth/google?next=/settings')).callback, 'http://x')
    url.searchParams.set('error', error)
    const { location } = await browser.call(url.pathname + url.search)
    expect(location).toBe(`/login?error=${code}&next=%2Fsettings`)
  })

  it('returns 429 without calling the provider when a client calls too often', async () => {
    const browser = test.browser()
    const statuses: number[] = []
    for (let i = 0; i < 22; i++) statuses.push((await browser.call('/auth/callback?code=x&state=x')).status)
    expect(statuses).toEqual([...Array<number>(20).fill(302), 429, 429])
  })
})

describe('behind https', () => {
  it('prefixes every cookie with __Host- and marks it Secure', async () => {
    await using https = await listenWithProvider({ PUBLIC_URL: 'https://localhost' })
    const browser = https.browser()
    const { headers } = await browser.call('/auth/google')
    const lines = headers.getSetCookie()
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(/^__Host-[^;]+;.* Path=\/;.*HttpOnly; Secure; SameSite=Lax/)
    expect(await signIn(browser)).toMatchObject({ status: 302, location: '/' })
    expect([...browser.cookies.keys()]).toEqual(['__Host-whook_sid'])
  })
})
