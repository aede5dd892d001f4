import type { AddressInfo } from 'node:net'
import { OAuth2Server, type MutableResponse, type MutableToken } from 'oauth2-mock-server'
import { buildTestApp } from './build-test-app.js'
import { createBrowser, type Browser } from './browser.js'

export const clientId = 'whook-test'
const clientSecret = 'a client secret'

/** A person as the provider tells of them. */
export const ann = {
  sub: 'ann-1',
  email: 'ann@example.com',
  email_verified: true,
  name: 'Ann Example',
  picture: 'https://pictures.example/ann.png',
}

/** A real OpenID provider on loopback that signs in at once whoever `person` is. */
export async function startIdentityProvider() {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const provider = {
    server,
    issuer: server.issuer.url!,
    person: ann as Record<string, unknown>,
    /** The next id_token is signed as this leaves it. */
    forge: undefined as ((token: MutableToken) => void) | undefined,
    /** The token endpoint's next answer is what this leaves. */
    answer: undefined as ((response: MutableResponse) => void) | undefined,
    stop: () => server.stop(),
  }
  server.service.on('beforeTokenSigning', (token: MutableToken) => {
    Object.assign(token.payload, provider.person)
    provider.forge?.(token)
  })
  server.service.on('beforeResponse', (response: MutableResponse) => void provider.answer?.(response))
  return provider
}

/** The whole api on a real port, where people sign in with a provider of their own. */
export async function listenWithProvider(env: Record<string, string> = {}) {
  const provider = await startIdentityProvider()
  const test = await buildTestApp({
    OIDC_ISSUER: provider.issuer,
    GOOGLE_CLIENT_ID: clientId,
    GOOGLE_CLIENT_SECRET: clientSecret,
    TRUST_PROXY: '127.0.0.1',
    ...env,
  })
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const port = (test.app.server.address() as AddressInfo).port
  const close = async () => {
    await test.close()
    if (provider.server.listening) await provider.stop()
  }
  return { ...test, provider, port, browser: () => createBrowser(port), close, [Symbol.asyncDispose]: close }
}

/** To the provider and back, up to the address the provider sends the browser to; nothing is finished yet. */
export async function beginSignIn(browser: Browser, path = '/auth/google') {
  const start = await browser.call(path)
  if (start.status !== 302 || !/^https?:/.test(start.location))
    throw new Error(`no provider: ${start.location}`)
  const there = await fetch(start.location, { redirect: 'manual' })
  const back = new URL(there.headers.get('location')!)
  const nonce = new URL(start.location).searchParams.get('nonce')!
  return { callback: back.pathname + back.search, nonce }
}

/** The whole sign-in; answers what the callback answered. */
export const signIn = async (browser: Browser, path?: string) =>
  browser.call((await beginSignIn(browser, path)).callback)
