import type { LightMyRequestResponse } from 'fastify'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'
import { serverMode } from '../testing/server-mode.js'
import { createLoginLink } from './login-links.js'

type TestApp = Awaited<ReturnType<typeof buildTestApp>>

const cookieOf = (res: LightMyRequestResponse) => String(res.headers['set-cookie']).split(';')[0]!

async function signIn(test: TestApp) {
  const link = await createLoginLink(test.app.db, test.config.publicUrl)
  const token = link.split('#token=')[1]!
  const res = await test.app.inject({ method: 'POST', url: '/auth/local', payload: { token } })
  const cookie = cookieOf(res)
  const me = await test.app.inject({ url: '/api/v1/me', headers: { cookie } })
  return { res, token, cookie, csrf: me.json().csrfToken as string, me }
}

describe('POST /auth/local', () => {
  it('returns 204 with an HttpOnly, Lax session cookie once per link', async () => {
    await using test = await buildTestApp()
    const { res, token, me } = await signIn(test)
    expect(res.statusCode).toBe(204)
    expect(String(res.headers['set-cookie'])).toMatch(/^whook_sid=.*HttpOnly.*SameSite=Lax/)
    expect(me.json()).toMatchObject({ mode: 'local', user: { name: 'Local owner' } })
    const again = await test.app.inject({ method: 'POST', url: '/auth/local', payload: { token } })
    expect(again.json()).toMatchObject({ status: 401, code: 'login-link-invalid' })
  })

  it('returns 401 when the token is wrong', async () => {
    await using test = await buildTestApp()
    const res = await test.app.inject({
      method: 'POST',
      url: '/auth/local',
      payload: { token: 'x'.repeat(43) },
    })
    expect(res.json()).toMatchObject({ code: 'login-link-invalid' })
  })

  it('returns 429 after too many wrong tokens', async () => {
    await using test = await buildTestApp()
    const codes: number[] = []
    for (let i = 0; i < 12; i++) {
      codes.push(
        (await test.app.inject({ method: 'POST', url: '/auth/local', payload: { token: `t${i}` } }))
          .statusCode,
      )
    }
    expect(codes.slice(0, 10)).toEqual(Array(10).fill(401))
    expect(codes.slice(10)).toEqual([429, 429])
  })
})

describe('sessions', () => {
  it('returns 401 for the cookie of a signed-out session', async () => {
    await using test = await buildTestApp()
    const { cookie, csrf } = await signIn(test)
    const out = await test.app.inject({
      method: 'POST',
      url: '/auth/logout',
      headers: { cookie, 'x-csrf-token': csrf },
    })
    expect(out.statusCode).toBe(204)
    expect((await test.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401)
  })

  it.each([
    { name: 'no token', headers: {}, code: 'csrf-invalid' },
    { name: 'a wrong token', headers: { 'x-csrf-token': 'x' }, code: 'csrf-invalid' },
    { name: 'another origin', headers: { origin: 'https://evil.example' }, code: 'origin-forbidden' },
    { name: 'the null origin', headers: { origin: 'null' }, code: 'origin-forbidden' },
    {
      name: 'another port of this machine',
      headers: { origin: 'http://localhost:3000' },
      code: 'origin-forbidden',
    },
    { name: 'a cross-site page', headers: { 'sec-fetch-site': 'cross-site' }, code: 'origin-forbidden' },
    { name: 'a sibling site', headers: { 'sec-fetch-site': 'same-site' }, code: 'origin-forbidden' },
  ])('returns 403 when a change has $name', async ({ headers, code }) => {
    await using test = await buildTestApp()
    const { cookie, csrf } = await signIn(test)
    const token = code === 'origin-forbidden' ? { 'x-csrf-token': csrf } : {}
    const res = await test.app.inject({
      method: 'POST',
      url: '/api/v1/webhooks',
      payload: { name: 'x' },
      headers: { cookie, ...token, ...headers },
    })
    expect(res.json()).toMatchObject({ status: 403, code })
  })

  it('returns 201 with the CSRF token and the own origin', async () => {
    await using test = await buildTestApp()
    const { cookie, csrf } = await signIn(test)
    const res = await test.app.inject({
      method: 'POST',
      url: '/api/v1/webhooks',
      payload: { name: 'x' },
      headers: {
        cookie,
        'x-csrf-token': csrf,
        origin: 'http://localhost:5000',
        'sec-fetch-site': 'same-origin',
      },
    })
    expect(res.statusCode).toBe(201)
  })

  it('returns 401 for an expired session, an idle session and a forged cookie', async () => {
    await using test = await buildTestApp()
    const { cookie } = await signIn(test)
    await test.database.sql`update session set last_seen_at = now() - interval '8 days'`
    test.app.sessions.forget()
    expect((await test.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401)
    await test.database.sql`update session set last_seen_at = now(), expires_at = now() - interval '1 second'`
    test.app.sessions.forget()
    expect((await test.app.inject({ url: '/api/v1/me', headers: { cookie } })).statusCode).toBe(401)
    expect(
      (await test.app.inject({ url: '/api/v1/me', headers: { cookie: 'whook_sid=abc;def' } })).statusCode,
    ).toBe(401)
  })
})

describe('every response', () => {
  it('is 421 for an unknown host name', async () => {
    await using test = await buildTestApp()
    for (const url of ['/api/v1/me', '/auth/options']) {
      const res = await test.app.inject({ url, headers: { host: 'evil.example' } })
      expect(res.json()).toMatchObject({ status: 421, code: 'host-unknown' })
    }
  })

  it('is 200 for the own host name in capitals', async () => {
    await using test = await buildTestApp({ ...serverMode, PUBLIC_URL: 'https://hooks.example.com' })
    for (const host of ['Hooks.Example.COM', 'LOCALHOST:5000']) {
      expect((await test.app.inject({ url: '/auth/options', headers: { host } })).statusCode).toBe(200)
    }
  })

  it('has a challenge (RFC 6750) with the key error when it is 401', async () => {
    await using test = await buildTestApp()
    const challengeOf = async (authorization?: string) =>
      (await test.app.inject({ url: '/api/v1/me', headers: { ...(authorization && { authorization }) } }))
        .headers['www-authenticate']
    expect(await challengeOf()).toBe('Bearer realm="Whook"')
    expect(await challengeOf('Basic YTpi')).toBe('Bearer realm="Whook"')
    expect(await challengeOf('Bearer whk_wrong')).toBe('Bearer realm="Whook", error="invalid_token"')
  })

  it('has security headers, including errors and 404', async () => {
    await using test = await buildTestApp()
    for (const url of ['/auth/options', '/api/v1/me', '/nothing/here']) {
      const { headers } = await test.app.inject(url)
      expect(headers['content-security-policy']).toMatch(/script-src localhost:80\/assets\/ [^;']*;/)
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    }
  })
})
