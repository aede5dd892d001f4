import type { AddressInfo } from 'node:net'
import { buildTestApp } from './build-test-app.js'
import { createBrowser, type Browser } from './browser.js'
import { startIdentityProvider } from '@whook/testing/identity-provider'

/** Starts the whole api on a real port, with its own identity provider. */
export async function listenWithProvider(env: Record<string, string> = {}) {
  const provider = await startIdentityProvider()
  const test = await buildTestApp({
    ...provider.env,
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

/** Runs a sign-in up to the redirect of the provider. Returns the callback's path, which is not requested yet. */
export async function beginSignIn(browser: Browser, path = '/auth/google') {
  const start = await browser.call(path)
  if (start.status !== 302 || !/^https?:/.test(start.location))
    throw new Error(`Not redirected to the provider: ${start.location}`)
  const there = await fetch(start.location, { redirect: 'manual' })
  const back = new URL(there.headers.get('location')!)
  const nonce = new URL(start.location).searchParams.get('nonce')!
  return { callback: back.pathname + back.search, nonce }
}

/** Runs a whole sign-in and returns the response of the callback. */
export const signIn = async (browser: Browser, path?: string) =>
  browser.call((await beginSignIn(browser, path)).callback)
