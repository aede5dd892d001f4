import { SignJWT, UnsecuredJWT, exportSPKI, generateKeyPair, importJWK, type JWTPayload } from 'jose'
import type { MutableToken } from 'oauth2-mock-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ann, clientId } from '@whook/testing/identity-provider'
import { beginSignIn, listenWithProvider, signIn } from '../../testing/sign-in.js'

let test: Awaited<ReturnType<typeof listenWithProvider>>
beforeAll(async () => {
  test = await listenWithProvider()
})
afterAll(() => test.close())
beforeEach(() => Object.assign(test.provider, { person: ann, forge: undefined, answer: undefined }))

const now = () => Math.floor(Date.now() / 1000)
type Claims = MutableToken['payload']

async function expectRefused(code: string) {
  const browser = test.browser()
  const { status, location } = await signIn(browser)
  expect([status, location]).toEqual([302, `/login?error=${code}`])
  expect((await browser.call('/api/v1/me')).status).toBe(401)
  expect(await test.database.sql`select from "user"`).toHaveLength(0)
}

describe('an id_token with a valid signature', () => {
  const forgeries: { name: string; change: (claims: Claims) => void }[] = [
    { name: 'for another client', change: (claims) => (claims['aud'] = 'another client') },
    { name: 'without an audience', change: (claims) => delete claims['aud'] },
    {
      name: 'for this and another client without azp',
      change: (claims) => (claims['aud'] = [clientId, 'another client']),
    },
    { name: 'issued to another client (azp)', change: (claims) => (claims['azp'] = 'another client') },
    {
      name: 'for this and another client, issued to the other (azp)',
      change: (claims) => Object.assign(claims, { aud: [clientId, 'other'], azp: 'other' }),
    },
    { name: 'of another issuer', change: (claims) => (claims.iss = 'https://evil.example') },
    {
      name: 'of Google, which is not the configured issuer',
      change: (claims) => (claims.iss = 'accounts.google.com'),
    },
    { name: 'without an issuer', change: (claims) => delete (claims as Partial<Claims>).iss },
    { name: 'that expired', change: (claims) => (claims.exp = now() - 120) },
    { name: 'that never expires', change: (claims) => delete (claims as Partial<Claims>).exp },
    { name: 'not valid before tomorrow', change: (claims) => (claims.nbf = now() + 86_400) },
    { name: 'issued an hour ago', change: (claims) => (claims.iat = now() - 3600) },
    { name: 'issued tomorrow', change: (claims) => (claims.iat = now() + 86_400) },
    { name: 'without an issue time', change: (claims) => delete (claims as Partial<Claims>).iat },
    { name: 'with another nonce', change: (claims) => (claims['nonce'] = 'x'.repeat(32)) },
    { name: 'without a nonce', change: (claims) => delete claims['nonce'] },
    { name: 'with a list as nonce', change: (claims) => (claims['nonce'] = [claims['nonce']]) },
    { name: 'without a subject', change: (claims) => delete claims['sub'] },
    { name: 'with an empty subject', change: (claims) => (claims['sub'] = '') },
    { name: 'with a number as subject', change: (claims) => (claims['sub'] = 7) },
  ]
  it.each(forgeries)('is refused: $name', async ({ change }) => {
    test.provider.forge = ({ payload }) => change(payload)
    await expectRefused('token-invalid')
  })

  it.each([false, 'true', 'false', 1, null, undefined])(
    'is refused with email_verified %j',
    async (verified) => {
      test.provider.forge = ({ payload }) => (payload['email_verified'] = verified)
      await expectRefused('email-unverified')
    },
  )

  it('is refused without an e-mail', async () => {
    test.provider.forge = ({ payload }) => delete payload['email']
    await expectRefused('email-unverified')
  })

  it('is accepted for several clients when azp is this client', async () => {
    test.provider.forge = ({ payload }) => Object.assign(payload, { aud: [clientId, 'other'], azp: clientId })
    expect((await signIn(test.browser())).location).toBe('/')
    await test.database.sql`delete from "user"`
  })
})

describe('an id_token without a valid signature', () => {
  it('is valid apart from the signature (control)', async () => {
    const browser = test.browser()
    const { callback, nonce } = await beginSignIn(browser)
    const jwk = test.provider.server.issuer.keys.get()!
    const made = await new SignJWT(claims(nonce))
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid })
      .sign(await importJWK(jwk, 'RS256'))
    test.provider.answer = ({ body }) => void Object.assign(body, { id_token: made })
    expect((await browser.call(callback)).location).toBe('/')
    await test.database.sql`delete from "user"`
  })

  /** Valid claims; `nonce` is the nonce of the pending sign-in. */
  const claims = (nonce: string): JWTPayload => ({
    ...ann,
    iss: test.provider.issuer,
    aud: clientId,
    nonce,
    iat: now(),
    exp: now() + 300,
  })
  const signers: { name: string; sign: (claims: JWTPayload, kid: string) => Promise<string> | string }[] = [
    { name: 'without a signature (alg none)', sign: (payload) => new UnsecuredJWT(payload).encode() },
    {
      name: 'with the public key as HMAC secret (HS256)',
      async sign(payload, kid) {
        const { n, e, kty } = test.provider.server.issuer.keys.toJSON()[0]!
        const pem = await exportSPKI(await importJWK({ n, e, kty } as never, 'RS256'))
        return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from(pem))
      },
    },
    {
      name: 'with the client secret as HMAC secret (HS256)',
      sign: (payload, kid) =>
        new SignJWT(payload).setProtectedHeader({ alg: 'HS256', kid }).sign(Buffer.from('a client secret')),
    },
    {
      name: 'by another key under the same key id',
      async sign(payload, kid) {
        const { privateKey } = await generateKeyPair('RS256')
        return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)
      },
    },
    {
      name: 'by an unknown key',
      async sign(payload) {
        const { privateKey } = await generateKeyPair('RS256')
        return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'unknown' }).sign(privateKey)
      },
    },
    {
      name: 'by the key in its jwk header',
      async sign(payload) {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
        const jwk = await crypto.subtle.exportKey('jwk', publicKey)
        return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', jwk: jwk as never }).sign(privateKey)
      },
    },
    { name: 'not a JWT', sign: () => 'not.a.token' },
  ]
  it.each(signers)('is refused: $name', async ({ sign }) => {
    const browser = test.browser()
    const { callback, nonce } = await beginSignIn(browser)
    const { kid } = test.provider.server.issuer.keys.toJSON()[0]!
    const made = await sign(claims(nonce), kid)
    test.provider.answer = ({ body }) => void Object.assign(body, { id_token: made })
    expect((await browser.call(callback)).location).toBe('/login?error=token-invalid')
    expect((await browser.call('/api/v1/me')).status).toBe(401)
  })

  it.each([undefined, null, '', 7, {}])('is refused when it is %j', async (idToken) => {
    test.provider.answer = ({ body }) => void Object.assign(body, { id_token: idToken })
    await expectRefused('token-invalid')
  })
})
