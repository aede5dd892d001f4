import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seedWebhook } from '@whook/testing/seed-webhook'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'
import { createBrowser } from '../../testing/browser.js'

type ScriptedResponse = (response: ServerResponse, request: IncomingMessage) => void

const json =
  (body: unknown, status = 200): ScriptedResponse =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const html: ScriptedResponse = (response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Busy</h1>')
const hang: ScriptedResponse = () => {}
const reset: ScriptedResponse = (response) => response.destroy()
const endless: ScriptedResponse = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const chunk = 'x'.repeat(64 * 1024)
  const pour = () => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pour)
  }
  pour()
}
const redirect: ScriptedResponse = (response) => response.writeHead(302, { location: '/elsewhere' }).end()

/** A provider with scripted responses. Without a script it answers 404. */
async function scriptedProvider() {
  const server = createServer((request, response) => {
    const answer = script.get(new URL(request.url!, 'http://x').pathname) ?? json({}, 404)
    answer(response, request)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const document = {
    issuer,
    authorization_endpoint: `${issuer}/authorize?policy=strict`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
  }
  const script = new Map<string, ScriptedResponse>()
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { issuer, document, script, close }
}

const discovery = '/.well-known/openid-configuration'
let provider: Awaited<ReturnType<typeof scriptedProvider>>
beforeAll(async () => {
  provider = await scriptedProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.script.clear())

async function startApi() {
  const test = await buildTestApp({
    OIDC_ISSUER: provider.issuer,
    GOOGLE_CLIENT_ID: 'an id:with signs&',
    GOOGLE_CLIENT_SECRET: 'a secret+%',
    TRUST_PROXY: '127.0.0.1',
  })
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const port = (test.app.server.address() as AddressInfo).port
  return { ...test, port, browser: createBrowser(port) }
}

const unavailable = '/login?error=provider-unavailable'

describe('while the provider is unavailable', () => {
  it('accepts webhooks, fails sign-ins, and recovers with the provider', async () => {
    await using test = await startApi()
    const { slug } = await seedWebhook(test.database.db)
    expect((await test.browser.call(`/${slug}`, { method: 'POST', body: {} })).status).toBe(202)
    expect(await test.browser.call('/auth/google')).toMatchObject({ status: 302, location: unavailable })
    provider.script.set(discovery, json(provider.document))
    const { location } = await test.browser.call('/auth/google')
    expect(location).toMatch(`${provider.issuer}/authorize?policy=strict&`)
    provider.script.clear()
    expect((await test.browser.call('/auth/google')).location).toMatch('policy=strict')
  })

  it.each<[string, () => ScriptedResponse]>([
    ['a 500', () => json({}, 500)],
    ['an HTML page', () => html],
    ['a reset connection', () => reset],
    ['an endless response', () => endless],
    ['a redirect', () => redirect],
    ['an empty document', () => json({})],
    ['a list', () => json([])],
    ['null', () => json(null)],
    ['the document of another issuer', () => json({ ...provider.document, issuer: 'https://evil.example' })],
    [
      'an endpoint without TLS',
      () => json({ ...provider.document, token_endpoint: 'http://evil.example/token' }),
    ],
    ['an endpoint that is not a URL', () => json({ ...provider.document, jwks_uri: '/keys' })],
  ])('shows provider-unavailable when discovery returns %s', async (_name, answer) => {
    await using test = await startApi()
    provider.script.set(discovery, answer())
    expect(await test.browser.call('/auth/google')).toMatchObject({ status: 302, location: unavailable })
    expect((await test.browser.call('/healthz')).status).toBe(200)
  })

  it('fails a sign-in after 5 seconds when the provider hangs', { timeout: 20_000 }, async () => {
    await using test = await startApi()
    provider.script.set(discovery, hang)
    expect(await test.browser.call('/auth/google')).toMatchObject({ status: 302, location: unavailable })
  })
})

describe('the token endpoint', () => {
  let test: Awaited<ReturnType<typeof startApi>>
  beforeAll(async () => {
    test = await startApi()
  })
  afterAll(() => test.close())

  async function callback(browser = createBrowser(test.port)) {
    provider.script.set(discovery, json(provider.document))
    const { location } = await browser.call('/auth/google')
    const state = new URL(location).searchParams.get('state')!
    return browser.call(`/auth/callback?code=a&state=${state}`)
  }

  it('receives the code in the body and the client in the header (RFC 6749)', async () => {
    const seen: { authorization?: string; body: string }[] = []
    provider.script.set('/token', (response, request) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        seen.push({ authorization: request.headers.authorization, body: Buffer.concat(chunks).toString() })
        json({ error: 'invalid_grant' }, 400)(response, request)
      })
    })
    expect((await callback()).location).toBe('/login?error=code-refused')
    expect(seen).toHaveLength(1)
    expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
      grant_type: 'authorization_code',
      code: 'a',
      redirect_uri: 'http://localhost:5000/auth/callback',
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    })
    const basic = Buffer.from(seen[0]!.authorization!.replace('Basic ', ''), 'base64').toString()
    expect(basic).toBe('an+id%3Awith+signs%26:a+secret%2B%25')
  })

  it.each<[string, ScriptedResponse, string]>([
    ['400', json({ error: 'invalid_grant' }, 400), 'code-refused'],
    ['401', json({ error: 'invalid_client' }, 401), 'provider-unavailable'],
    ['500', json({}, 500), 'provider-unavailable'],
    ['a reset connection', reset, 'provider-unavailable'],
    ['an endless response', endless, 'provider-unavailable'],
    ['a redirect', redirect, 'provider-unavailable'],
    ['an HTML page', html, 'token-invalid'],
    ['null', json(null), 'token-invalid'],
  ])('fails the sign-in with an error code when it returns %s', async (_name, answer, code) => {
    provider.script.set('/token', answer)
    const browser = createBrowser(test.port)
    expect(await callback(browser)).toMatchObject({ status: 302, location: `/login?error=${code}` })
    expect((await browser.call('/api/v1/me')).status).toBe(401)
  })

  it.each<[string, ScriptedResponse]>([
    ['500', json({}, 500)],
    ['an HTML page', html],
    ['no keys', json({ nothing: [] })],
    ['a reset connection', reset],
  ])('fails the sign-in when the key endpoint returns %s', async (_name, answer) => {
    const idToken = new UnsecuredJWT({ sub: 'x' })
      .encode()
      .replace(/^[^.]+/, header({ alg: 'RS256', kid: '1' }))
    provider.script.set('/token', json({ id_token: `${idToken}c2ln` }))
    provider.script.set('/keys', answer)
    const browser = createBrowser(test.port)
    expect((await callback(browser)).location).toMatch(
      /^\/login\?error=(provider-unavailable|token-invalid)$/,
    )
    expect((await browser.call('/api/v1/me')).status).toBe(401)
  })
})

const header = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')
