import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { HeaderPairs } from '@whook/shared'
import {
  buildOutboundHeaders,
  isLoop,
  validateCustomHeaders,
  validateForwardHeaders,
  type OutboundHeaderInput,
} from './forward-headers.js'
import { newSigningSecret, signStandardWebhook } from './sign.js'

const input = (
  rawHeaders: HeaderPairs,
  overrides: Partial<OutboundHeaderInput> = {},
): OutboundHeaderInput => ({
  rawHeaders,
  requestId: 'r',
  webhookId: 'w',
  deliveryId: 'd',
  attempt: 2,
  verification: 'unconfigured',
  body: Buffer.from('{"a":1}'),
  customHeaders: [],
  forwardHeaders: [],
  secrets: [],
  nowSeconds: 1_700_000_000,
  ...overrides,
})
const names = (pairs: HeaderPairs) => pairs.map(([name]) => name.toLowerCase())
const whookHeaders = [
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
  'x-whook-request-id',
  'x-whook-webhook-id',
  'x-whook-attempt',
  'x-whook-verification',
  'x-whook-hop',
]

/** Headers of senders, and the forwarded part: without proxy headers and secrets. */
const senders: { sender: string; raw: HeaderPairs; forwarded: HeaderPairs }[] = [
  {
    sender: 'GitHub',
    raw: [
      ['Host', 'whook.example.com'],
      ['User-Agent', 'GitHub-Hookshot/044aadd'],
      ['Connection', 'close'],
      ['Content-Length', '7'],
      ['Accept', '*/*'],
      ['Content-Type', 'application/json'],
      ['X-GitHub-Delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
      ['X-GitHub-Event', 'push'],
      ['X-GitHub-Hook-ID', '292430182'],
      ['X-Hub-Signature', 'sha1=7d38'],
      ['X-Hub-Signature-256', 'sha256=d57c'],
    ],
    forwarded: [
      ['Content-Type', 'application/json'],
      ['X-GitHub-Delivery', '72d3162e-cc78-11e3-81ab-4c9367dc0958'],
      ['X-GitHub-Event', 'push'],
      ['X-GitHub-Hook-ID', '292430182'],
      ['X-Hub-Signature', 'sha1=7d38'],
      ['X-Hub-Signature-256', 'sha256=d57c'],
    ],
  },
  {
    sender: 'Stripe',
    raw: [
      ['Host', 'whook.example.com'],
      ['User-Agent', 'Stripe/1.0 (+https://stripe.com/docs/webhooks)'],
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Cache-Control', 'no-cache'],
      ['Stripe-Signature', 't=1492774577,v1=5257a869'],
      ['X-Forwarded-For', '54.187.174.169'],
      ['X-Forwarded-Proto', 'https'],
      ['Forwarded', 'for=54.187.174.169'],
      ['X-Real-IP', '54.187.174.169'],
      ['CF-Connecting-IP', '54.187.174.169'],
      ['CDN-Loop', 'cloudflare'],
      ['Via', '1.1 proxy'],
    ],
    forwarded: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Stripe-Signature', 't=1492774577,v1=5257a869'],
    ],
  },
  {
    sender: 'GitLab',
    raw: [
      ['Content-Type', 'application/json'],
      ['User-Agent', 'GitLab/15.0.0-pre'],
      ['X-Gitlab-Event', 'Push Hook'],
      ['X-Gitlab-Event-UUID', '13792a34'],
      ['X-Gitlab-Webhook-UUID', '02affd2d'],
      ['X-Gitlab-Instance', 'https://gitlab.com'],
      ['X-Gitlab-Token', 'a bare secret'],
    ],
    forwarded: [
      ['Content-Type', 'application/json'],
      ['X-Gitlab-Event', 'Push Hook'],
      ['X-Gitlab-Event-UUID', '13792a34'],
      ['X-Gitlab-Webhook-UUID', '02affd2d'],
    ],
  },
  {
    sender: 'a sender with credentials',
    raw: [
      ['Authorization', 'Basic dTpw'],
      ['Proxy-Authorization', 'Basic dTpw'],
      ['Cookie', 'session=1'],
      ['Set-Cookie', 'session=2'],
      ['X-Api-Key', 'k'],
      ['X-Auth-Token', 't'],
      ['Content-Type', 'text/plain'],
    ],
    forwarded: [['Content-Type', 'text/plain']],
  },
]

describe('buildOutboundHeaders', () => {
  it.each(senders)('returns exactly these headers for $sender', ({ raw, forwarded }) => {
    const original = raw.find(([name]) => name === 'User-Agent')?.[1]
    expect(buildOutboundHeaders(input(raw, { customHeaders: [['x-own', 'mine']] }))).toEqual([
      ...forwarded,
      ['x-own', 'mine'],
      ['user-agent', 'Whook/0.1'],
      ['webhook-id', 'd'],
      ['webhook-timestamp', '1700000000'],
      ['x-whook-request-id', 'r'],
      ['x-whook-webhook-id', 'w'],
      ['x-whook-attempt', '2'],
      ['x-whook-verification', 'none'],
      ['x-whook-hop', '1'],
      ...(original ? [['x-original-user-agent', original]] : []),
    ])
  })

  it.each([
    ['verified', 'verified'],
    ['failed', 'failed'],
    ['pending', 'none'],
    ['unconfigured', 'none'],
  ] as const)('sends the outcome %s as %s, and removes other values', (verification, word) => {
    const theirs: HeaderPairs = [['X-Whook-Verification', 'verified']]
    const options = {
      verification,
      forwardHeaders: ['x-whook-verification'],
      customHeaders: theirs,
      transformed: { bodyChanged: false, contentType: null, headers: theirs },
    }
    const sent = buildOutboundHeaders(input(theirs, options)).filter(([name]) => /verification/i.test(name))
    expect(sent).toEqual([['x-whook-verification', word]])
  })

  it('prefers the user agent of the user or the script over its own', () => {
    const agent = (options: Parameters<typeof input>[1]) =>
      buildOutboundHeaders(input([['User-Agent', 'Sender/1']], options)).filter(([name]) =>
        /user-agent/i.test(name),
      )
    const original = ['x-original-user-agent', 'Sender/1']
    expect(agent({ customHeaders: [['User-Agent', 'Mine/1']] })).toEqual([['User-Agent', 'Mine/1'], original])
    const transformed = {
      bodyChanged: false,
      contentType: null,
      headers: [['user-agent', 'Script/1']] as HeaderPairs,
    }
    expect(agent({ transformed })).toEqual([['user-agent', 'Script/1'], original])
    expect(agent({ forwardHeaders: ['user-agent'] })).toEqual([['User-Agent', 'Sender/1'], original])
  })

  it('forwards CloudEvents, trace context and event headers by default', () => {
    const raw: HeaderPairs = [
      ['ce-specversion', '1.0'],
      ['Ce-Id', '7'],
      ['ce-myextension', 'x'],
      ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
      ['X-WC-Webhook-Topic', 'order.created'],
      ['Twitch-Eventsub-Message-Type', 'notification'],
      ['x-amz-sns-message-type', 'Notification'],
      ['aeg-event-type', 'Notification'],
    ]
    const secret: HeaderPairs = [['aeg-sas-key', 'k'], ['baggage', 'user=7'], ['cea', 'x']] // prettier-ignore
    expect(buildOutboundHeaders(input([...raw, ...secret])).slice(0, raw.length + 1)).toEqual([
      ...raw,
      expect.arrayContaining(['user-agent']),
    ])
  })

  it('forwards headers with a named prefix, except forbidden ones', () => {
    const raw: HeaderPairs = [
      ['X-Acme-Shop', '7'],
      ['x-acme', 'other'],
      ['X-Forwarded-For', '192.0.2.1'],
      ['x-whook-hop', '1'],
    ]
    const pairs = buildOutboundHeaders(input(raw, { forwardHeaders: ['x-acme-*', 'x-forwarded-*'] }))
    expect(names(pairs)).toEqual(['x-acme-shop', ...whookHeaders])
  })

  it('forwards credentials only when they are named', () => {
    const pairs = buildOutboundHeaders(
      input([['Authorization', 'Basic x']], { forwardHeaders: ['authorization'] }),
    )
    expect(pairs).toContainEqual(['Authorization', 'Basic x'])
  })

  it('removes connection headers and every header listed in Connection', () => {
    const raw: HeaderPairs = [
      ['Connection', 'close, X-Secret-Hop'],
      ['X-Secret-Hop', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Expect', '100-continue'],
    ]
    const pairs = buildOutboundHeaders(
      input(raw, { forwardHeaders: ['x-secret-hop', 'transfer-encoding', 'expect', 'connection'] }),
    )
    expect(names(pairs)).toEqual(whookHeaders)
  })

  it('removes the old encoding and signatures for a transformed body', () => {
    const raw: HeaderPairs = [
      ['Content-Encoding', 'gzip'],
      ['Stripe-Signature', 'x'],
      ['Content-Digest', 'sha-256=:x:'],
      ['Content-MD5', 'x'],
      ['Content-Type', 'text/plain'],
      ['X-GitHub-Event', 'push'],
    ]
    const pairs = buildOutboundHeaders(
      input(raw, {
        forwardHeaders: ['content-digest', 'content-md5'],
        transformed: { bodyChanged: true, contentType: 'application/json', headers: [['x-new', '1']] },
      }),
    )
    expect(pairs.slice(0, 3)).toEqual([
      ['X-GitHub-Event', 'push'],
      ['content-type', 'application/json'],
      ['x-new', '1'],
    ])
  })

  it("keeps the sender's headers when a script did not change the body", () => {
    const raw: HeaderPairs = [
      ['Content-Encoding', 'gzip'],
      ['Stripe-Signature', 'x'],
      ['Content-Type', 'text/plain'],
    ]
    const transformed = { bodyChanged: false, contentType: null, headers: [['x-new', '1']] as HeaderPairs }
    expect(buildOutboundHeaders(input(raw, { transformed })).slice(0, 4)).toEqual([...raw, ['x-new', '1']])
  })

  it('signs with the old and the new secret for the Standard Webhooks library', () => {
    const [next, old] = [newSigningSecret(), newSigningSecret()]
    const nowSeconds = Math.floor(Date.now() / 1000)
    const headers = Object.fromEntries(buildOutboundHeaders(input([], { secrets: [next, old], nowSeconds })))
    for (const secret of [next, old]) expect(new Webhook(secret).verify('{"a":1}', headers)).toEqual({ a: 1 })
  })

  it('returns the signature of the published vector', () => {
    const signature = signStandardWebhook(
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestamp: 1614265330,
        body: Buffer.from('{"test": 2432232314}'),
      },
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    )
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('counts hops, and reports a loop at five', () => {
    const hop = (value: string): HeaderPairs => [['X-Whook-Hop', value]]
    expect(Object.fromEntries(buildOutboundHeaders(input(hop('3'))))['x-whook-hop']).toBe('4')
    expect([isLoop(hop('4')), isLoop(hop('5')), isLoop(hop('-1')), isLoop([])]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })
})

describe('validateCustomHeaders', () => {
  it.each([
    [['a b', 'x']],
    [['Host', 'x']],
    [['transfer-encoding', 'chunked']],
    [['webhook-signature', 'x']],
    [['x', 'a\r\nb: c']],
    [['x', 'a\0']],
    [['x', '\u760d']],
    [['x', 'y'.repeat(4097)]],
  ] as [HeaderPairs[number]][])('returns the place of the invalid header %j', (pair) => {
    expect(validateCustomHeaders([['fine', 'ok'], pair])).toMatchObject([{ path: '/headers/1' }])
  })
})

describe('header settings of a destination', () => {
  it('refuses more headers than receivers accept', () => {
    const long: HeaderPairs = [1, 2, 3].map((n) => [`x-${n}`, 'y'.repeat(4000)])
    expect(validateCustomHeaders(long)).toEqual([
      { path: '/headers', message: expect.stringMatching(/bytes/) },
    ])
    const many: HeaderPairs = Array.from({ length: 51 }, (_, n) => [`x-${n}`, 'y'])
    expect(validateCustomHeaders(many)).toEqual([{ path: '/headers', message: 'must be at most 50' }])
  })

  it('accepts the request headers of Cloudflare Access, not its added ones', () => {
    expect(validateCustomHeaders([['CF-Access-Client-Id', 'x']])).toEqual([])
    expect(validateForwardHeaders(['CF-Connecting-IP'])).toMatchObject([{ path: '/forwardHeaders/0' }])
  })

  it('accepts a prefix that ends with a hyphen and a star', () => {
    expect(validateForwardHeaders(['ce-*', ' X-Acme-* '])).toEqual([])
  })

  it.each(['*', 'a*', '-*', 'x-*-y', 'x-**', 'x -*', 'cf-*', 'x-whook-*'])(
    'returns the place of the invalid prefix %j',
    (name) => {
      expect(validateForwardHeaders(['authorization', name])).toMatchObject([{ path: '/forwardHeaders/1' }])
    },
  )

  it.each(['a b', 'Host', ' transfer-encoding', 'webhook-id', 'x-whook-hop'])(
    'returns the place of the forbidden header %j',
    (name) => {
      expect(validateForwardHeaders(['authorization', name])).toMatchObject([{ path: '/forwardHeaders/1' }])
    },
  )
})
