import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { verificationProviders, type VerificationProvider } from '../../src/index.js'
import { verifySignature } from './verify-signature.js'

const hmac = (key: string, content: string | Buffer, encoding: 'hex' | 'base64') =>
  createHmac('sha256', key).update(content).digest(encoding)
const standardSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const slackBody =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
  '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com' +
  '%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.' +
  '803a0bc887a14d10d2c447fce8b6703c'

interface Vector {
  name: string
  provider: VerificationProvider
  secret: string
  body: string
  headers: Record<string, string>
  /** Seconds. */
  at?: number
}

const vectors: Vector[] = [
  {
    name: 'Standard Webhooks',
    provider: 'standard',
    secret: standardSecret,
    body: '{"test": 2432232314}',
    at: 1614265330,
    headers: {
      'Webhook-Id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'Webhook-Timestamp': '1614265330',
      'Webhook-Signature': 'v1a,zzz v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  {
    name: 'Svix',
    provider: 'standard',
    secret: standardSecret,
    body: '{"test": 2432232314}',
    at: 1614265330,
    headers: {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  },
  {
    name: 'GitHub, documentation',
    provider: 'github',
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  {
    name: 'GitHub, JSON',
    provider: 'github',
    secret: 'mysecret',
    body: '{"foo":"bar"}',
    headers: {
      'x-hub-signature-256': 'sha256=4864d2759938a15468b5df9ade20bf161da9b4f737ea61794142f3484236bda3',
    },
  },
  {
    name: 'Shopify',
    provider: 'shopify',
    secret: 'test_secret_key',
    body: '{"foo": "bar"}',
    headers: { 'X-Shopify-Hmac-Sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
  },
  {
    name: 'Shopify events',
    provider: 'shopify',
    secret: 'test_secret_key',
    body: '{"foo": "bar"}',
    headers: { 'shopify-hmac-sha256': 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=' },
  },
  {
    name: 'Slack',
    provider: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    body: slackBody,
    at: 1531420618,
    headers: {
      'X-Slack-Request-Timestamp': '1531420618',
      'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    },
  },
  {
    name: 'Paddle',
    provider: 'paddle',
    secret: 'VALID_SECRET',
    body: '{"data": ["1", "2"]}',
    at: 1698796800,
    headers: {
      'Paddle-Signature':
        'ts=1698796800;h1=00;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9',
    },
  },
  {
    name: 'Stripe',
    provider: 'stripe',
    secret: 'whsec_stripe',
    body: '{"id":"evt_1"}',
    at: 1_700_000_000,
    headers: {
      'Stripe-Signature': `t=1700000000,v1=00,v1=${hmac('whsec_stripe', '1700000000.{"id":"evt_1"}', 'hex')},v0=11`,
    },
  },
  {
    name: 'GitLab, bare token',
    provider: 'gitlab',
    secret: 'glsecret',
    body: 'any',
    headers: { 'X-Gitlab-Token': 'glsecret' },
  },
  {
    name: 'Linear',
    provider: 'linear',
    secret: 'lin',
    body: '{"webhookTimestamp":1700000000500}',
    at: 1_700_000_000,
    headers: { 'Linear-Signature': hmac('lin', '{"webhookTimestamp":1700000000500}', 'hex') },
  },
  {
    name: 'Bitbucket',
    provider: 'hmac-sha256',
    secret: "It's a Secret to Everybody",
    body: 'Hello World!',
    headers: { 'X-Hub-Signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' },
  },
  {
    name: 'own sender, base64',
    provider: 'hmac-sha256',
    secret: 's',
    body: 'x',
    headers: { 'X-Signature': hmac('s', 'x', 'base64') },
  },
]

const verify = (
  { provider, secret, body, headers, at = 1_700_000_000 }: Vector,
  changed: Partial<Parameters<typeof verifySignature>[0]> = {},
) =>
  verifySignature({
    provider,
    secrets: [secret],
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
    receivedAtMs: at * 1000,
    ...changed,
  })

describe.each(vectors)('$name', (vector) => {
  it('is verified, also with the second of two secrets', () => {
    expect(verify(vector)).toEqual({ outcome: 'verified', provider: vector.provider, reason: null })
    expect(verify(vector, { secrets: ['d3Jvbmc=', vector.secret] }).outcome).toBe('verified')
  })

  it('fails with another secret, and with no header', () => {
    expect(verify(vector, { secrets: ['d3Jvbmc='] })).toMatchObject({ outcome: 'failed' })
    expect(verify(vector, { rawHeaders: [] })).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/is missing/),
    })
  })

  it('fails when its header comes twice', () => {
    const flat = Object.entries(vector.headers).flat()
    expect(verify(vector, { rawHeaders: [...flat, ...flat] }).reason).toMatch(/came 2 times/)
  })
})

// GitLab's bare token says nothing of the body.
describe.each(vectors.filter(({ provider }) => provider !== 'gitlab'))('$name', (vector) => {
  it('fails when one byte of the body differs', () => {
    for (const body of [`${vector.body}\n`, vector.body.slice(0, -1), '']) {
      expect(verify(vector, { body: Buffer.from(body) }).outcome).toBe('failed')
    }
  })
})

describe.each(vectors.filter(({ at }) => at !== undefined))('$name', (vector) => {
  it('fails when it is old, or from the future, and says by how much', () => {
    const at = vector.at! * 1000
    expect(verify(vector, { receivedAtMs: at + 3_600_000 }).reason).toMatch(/seconds old/)
    expect(verify(vector, { receivedAtMs: at - 3_600_000 }).reason).toMatch(/in the future/)
  })
})

describe('verifySignature', () => {
  it('agrees with the Standard Webhooks library on what it signs', () => {
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
      const request = { provider, secrets: [standardSecret], rawHeaders, body: Buffer.from(body) }
      expect(verifySignature({ ...request, receivedAtMs: at.getTime() }).outcome).toBe('verified')
    }
  })

  it('never takes a signature made with the empty key of a secret that is no base64', () => {
    const rawHeaders = [
      'webhook-id',
      'm',
      'webhook-timestamp',
      '0',
      'webhook-signature',
      `v1,${hmac('', 'm.0.x', 'base64')}`,
    ]
    const request = { provider: 'standard' as const, secrets: ['whsec_'], rawHeaders, body: Buffer.from('x') }
    expect(verifySignature({ ...request, receivedAtMs: 0 }).outcome).toBe('failed')
  })

  it('verifies bytes that are no text', () => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28])
    const rawHeaders = ['x-hub-signature-256', `sha256=${hmac('s', body, 'hex')}`]
    const request = { provider: 'github' as const, secrets: ['s'], rawHeaders, body, receivedAtMs: 0 }
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
      provider,
      secrets: ['s'],
      rawHeaders: [name, value],
      body: Buffer.from('x'),
      receivedAtMs: 0,
    }
    expect(verifySignature(request).outcome).toBe('failed')
  })

  it('never throws and never verifies noise, whatever the headers and the secret', () => {
    const known = vectors.flatMap(({ headers }) => Object.keys(headers))
    fc.assert(
      fc.property(
        fc.constantFrom(...verificationProviders),
        fc.string({ minLength: 1 }),
        fc.array(fc.tuple(fc.constantFrom(...known, '__proto__', 'constructor'), fc.string())),
        fc.uint8Array(),
        (provider, secret, headers, body) => {
          const guessed = headers.some(([, value]) => value === secret)
          const request = { provider, secrets: [secret], rawHeaders: headers.flat(), body: Buffer.from(body) }
          return guessed || verifySignature({ ...request, receivedAtMs: 0 }).outcome === 'failed'
        },
      ),
    )
  })
})
