import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { verificationProviders } from '@whook/shared'
import { byCertificate } from './judges.js'
import { schemesOf, signatureHeaders } from './schemes.js'
import { madeVectors } from '@whook/testing/signatures/made-vectors'
import { publishedVectors, type Vector } from '@whook/testing/signatures/published-vectors'
import { verifySignature } from './verify-signature.js'

const hmac = (key: string, content: string | Buffer, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(content).digest(encoding)
const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const call = { method: 'POST', url: 'https://hooks.example.com/wh_a' }
const vectors = [...publishedVectors, ...madeVectors]

const verify = (
  { provider, secret, method = call.method, url = call.url, body, headers, at = 1_700_000_000 }: Vector,
  changed: Partial<Parameters<typeof verifySignature>[0]> = {},
) =>
  verifySignature({
    provider,
    secrets: [secret],
    method,
    url,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
    receivedAtMs: at * 1000,
    ...changed,
  })

const schemeFor = ({ provider, headers }: Vector) => {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  return schemesOf[provider].find(({ header }) => header === undefined || names.has(header))!
}

// certified.test.ts tests signatures with certificates.
const ofSecrets = verificationProviders.filter((provider) =>
  schemesOf[provider].every(({ judge }) => judge !== byCertificate),
)
it.each(ofSecrets)('has an example of %s', (provider) => {
  expect(vectors.map((vector) => vector.provider)).toContain(provider)
})

describe.each(vectors)('$name', (vector) => {
  it('verifies with each of two secrets', () => {
    expect(verify(vector)).toEqual({ outcome: 'verified', provider: vector.provider, reason: null })
    expect(verify(vector, { secrets: ['d3Jvbmc=', vector.secret] }).outcome).toBe('verified')
  })

  it('fails with another secret, and without a secret', () => {
    expect(verify(vector, { secrets: ['d3Jvbmc='] })).toMatchObject({ outcome: 'failed' })
    expect(verify(vector, { secrets: [] }).reason).toBe('No secret is set yet')
  })
})

describe.each(vectors.filter((vector) => schemeFor(vector).header))('$name', (vector) => {
  it('fails when its headers are missing or repeated', () => {
    expect(verify(vector, { rawHeaders: [] }).reason).toMatch(/is missing/)
    const flat = Object.entries(vector.headers).flat()
    expect(verify(vector, { rawHeaders: [...flat, ...flat] }).reason).toMatch(/was received 2 times/)
    const scheme = schemeFor(vector)
    for (const name of [scheme.header!, ...(scheme.alsoHeaders ?? [])]) {
      const pairs = Object.entries(vector.headers)
      const without = pairs.filter(([other]) => other.toLowerCase() !== name).flat()
      expect(verify(vector, { rawHeaders: without }).outcome).toBe('failed')
      expect(verify(vector, { rawHeaders: [...flat, name, 'x'] }).reason).toBe(
        `The header ${name} was received 2 times`,
      )
    }
  })
})

// A bare token and the signature of Mailgun do not protect the body.
const ofBytes = vectors.filter((vector) => !schemeFor(vector).plainSecret && vector.provider !== 'mailgun')
describe.each(ofBytes)('$name', (vector) => {
  it('fails when one byte of the body differs', () => {
    const changed = [`${vector.body}\n`, vector.body.slice(0, -1), ''].filter((body) => body !== vector.body)
    for (const body of changed) {
      expect(verify(vector, { body: Buffer.from(body) }).outcome).toBe('failed')
    }
  })
})

describe.each(vectors.filter(({ url }) => url !== undefined))('$name', (vector) => {
  it('fails for another URL', () => {
    for (const url of [`${vector.url}x`, vector.url!.replace('.com', '.net')]) {
      expect(verify(vector, { url }).outcome).toBe('failed')
    }
  })
})

const withTime = vectors.filter((vector) => schemeFor(vector).toleranceSeconds !== undefined)
describe.each(withTime)('$name', (vector) => {
  it('fails when the timestamp is too old or in the future', () => {
    const at = vector.at! * 1000
    const tolerance = schemeFor(vector).toleranceSeconds! * 1000
    expect(verify(vector, { receivedAtMs: at + tolerance + 2000 }).reason).toMatch(/seconds old/)
    expect(verify(vector, { receivedAtMs: at - tolerance - 2000 }).reason).toMatch(/in the future/)
    expect(verify(vector, { receivedAtMs: at + tolerance - 2000 }).outcome).toBe('verified')
    expect(verify(vector, { receivedAtMs: at - tolerance + 2000 }).outcome).toBe('verified')
  })
})

describe('verifySignature', () => {
  it('verifies signatures of the Standard Webhooks library', () => {
    const at = new Date(1_700_000_000_000)
    const body = '{"ü":1}'
    const signature = new Webhook(standardSecret).sign('msg_1', at, body)
    const rawHeaders = [
      'webhook-id',
      'msg_1',
      'webhook-timestamp',
      '1700000000',
      'webhook-signature',
      signature,
    ]
    for (const provider of ['standard', 'gitlab'] as const) {
      const request = { ...call, provider, secrets: [standardSecret], rawHeaders, body: Buffer.from(body) }
      expect(verifySignature({ ...request, receivedAtMs: at.getTime() }).outcome).toBe('verified')
    }
  })

  it('refuses a signature with the empty key of an invalid secret', () => {
    const rawHeaders = [
      'webhook-id',
      'm',
      'webhook-timestamp',
      '0',
      'webhook-signature',
      `v1,${hmac('', 'm.0.x', 'base64')}`,
    ]
    const request = {
      ...call,
      provider: 'standard' as const,
      secrets: ['whsec_'],
      rawHeaders,
      body: Buffer.from('x'),
    }
    expect(verifySignature({ ...request, receivedAtMs: 0 }).outcome).toBe('failed')
  })

  it('verifies bytes that are not text', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])
    const rawHeaders = ['x-hub-signature-256', `sha256=${hmac('s', body, 'hex')}`]
    const request = {
      ...call,
      provider: 'github' as const,
      secrets: ['s'],
      rawHeaders,
      body,
      receivedAtMs: 0,
    }
    expect(verifySignature(request).outcome).toBe('verified')
  })

  it.each([
    ['github', 'x-hub-signature-256', hmac('s', 'x', 'hex')],
    ['github', 'x-hub-signature-256', 'sha256='],
    ['github', 'x-hub-signature-256', 'sha256=zz'],
    ['shopify', 'x-shopify-hmac-sha256', hmac('s', 'x', 'base64').replace(/=$/, '')],
    ['stripe', 'stripe-signature', `v1=${hmac('s', '.x', 'hex')}`],
    ['stripe', 'stripe-signature', `t=1,t=2,v1=${hmac('s', '1.x', 'hex')}`],
    ['stripe', 'stripe-signature', `t=1e3,v1=${hmac('s', '1e3.x', 'hex')}`],
    ['stripe', 'stripe-signature', `t=0,v0=${hmac('s', '0.x', 'hex')}`],
  ] as const)('refuses a malformed %s header: %s %s', (provider, name, value) => {
    const request = {
      ...call,
      provider,
      secrets: ['s'],
      rawHeaders: [name, value],
      body: Buffer.from('x'),
      receivedAtMs: 0,
    }
    expect(verifySignature(request).outcome).toBe('failed')
  })

  it('never throws and never verifies random headers', () => {
    const known = vectors.flatMap(({ headers }) => Object.keys(headers))
    fc.assert(
      fc.property(
        fc.constantFrom(...verificationProviders),
        fc.string({ minLength: 1 }),
        fc.array(fc.tuple(fc.constantFrom(...known, '__proto__', 'constructor'), fc.string())),
        fc.uint8Array(),
        (provider, secret, headers, body) => {
          const guessed = headers.some(([, value]) => value === secret)
          const request = {
            ...call,
            provider,
            secrets: [secret],
            rawHeaders: headers.flat(),
            body: Buffer.from(body),
          }
          return guessed || verifySignature({ ...request, receivedAtMs: 0 }).outcome === 'failed'
        },
      ),
    )
  })

  it('checks at most ten signatures of one request', () => {
    const { provider, secret, body, headers, at } = vectors.find(({ name }) => name === 'Stripe')!
    const [value] = Object.values(headers)
    const padded = (count: number) => value!.replace('v1=00', Array(count).fill('v1=00').join(','))
    const sent = (count: number) =>
      verify({ name: '', provider, secret, body, at, headers: { 'stripe-signature': padded(count) } }).outcome
    expect([sent(9), sent(10)]).toEqual(['verified', 'failed'])
  })

  it('verifies a Twilio form with repeated fields in any order', () => {
    const url = 'https://hooks.example.com/a'
    const signature = createHmac('sha1', 'key').update(`${url}A1A2Bx`).digest('base64')
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
    const vector = {
      name: '',
      provider: 'twilio' as const,
      secret: 'key',
      url,
      body: 'B=x&A=2&A=1&A=2',
      headers,
    }
    expect(verify(vector).outcome).toBe('verified')
  })

  it('refuses a Twilio body that is not a form or hashed in the URL', () => {
    const url = 'https://hooks.example.com/a'
    const signature = createHmac('sha1', 'key').update(url).digest('base64')
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature }
    const vector = { name: '', provider: 'twilio' as const, secret: 'key', url, body: '{}', headers }
    expect(verify(vector).reason).toMatch(/is not a form/)
  })

  it('refuses Microsoft Graph notifications with different clientStates', () => {
    const body = JSON.stringify({ value: [{ clientState: 'key' }, { clientState: 'other' }] })
    const vector = { name: '', provider: 'microsoft-graph' as const, secret: 'key', body, headers: {} }
    expect(verify(vector).reason).toMatch(/do not have the same clientState/)
  })

  it('lists signature headers without headers that contain a secret', () => {
    expect(signatureHeaders).toContain('x-square-hmacsha256-signature')
    expect(signatureHeaders).toContain('x-zm-request-timestamp')
    expect(signatureHeaders).not.toContain('x-gitlab-token')
    expect(signatureHeaders).not.toContain('authorization')
  })
})
