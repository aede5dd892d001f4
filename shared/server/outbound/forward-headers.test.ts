import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { HeaderPairs } from '../../src/index.js'
import {
  buildOutboundHeaders,
  isLoop,
  validateCustomHeaders,
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
  body: Buffer.from('{"a":1}'),
  customHeaders: [],
  forwardHeaders: [],
  secrets: [],
  nowSeconds: 1_700_000_000,
  ...overrides,
})
const names = (pairs: HeaderPairs) => pairs.map(([name]) => name.toLowerCase())
const standing = [
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
  'x-whook-request-id',
  'x-whook-webhook-id',
  'x-whook-attempt',
  'x-whook-hop',
]

describe('buildOutboundHeaders', () => {
  it.each([
    {
      sender: 'GitHub',
      raw: {
        Host: 'h',
        'User-Agent': 'GitHub-Hookshot/1',
        'X-GitHub-Event': 'push',
        'X-Hub-Signature-256': 'sha256=x',
        'Content-Type': 'application/json',
        'Content-Length': '7',
      },
      kept: ['x-github-event', 'x-hub-signature-256', 'content-type'],
    },
    {
      sender: 'Stripe',
      raw: {
        'Stripe-Signature': 't=1,v1=x',
        'Content-Type': 'application/json',
        'X-Forwarded-For': '1.2.3.4',
      },
      kept: ['stripe-signature', 'content-type'],
    },
    {
      sender: 'GitLab',
      raw: { 'X-Gitlab-Token': 'a secret', 'X-Gitlab-Event': 'Push Hook' },
      kept: ['x-gitlab-event'],
    },
    {
      sender: 'Basic',
      raw: { Authorization: 'Basic x', Cookie: 'a=b', 'X-Api-Key': 'k', 'Proxy-Authorization': 'y' },
      kept: [],
    },
  ])('from $sender forwards what a receiver needs and no secret', ({ raw, kept }) => {
    const pairs = buildOutboundHeaders(input(Object.entries(raw)))
    expect(
      names(pairs).filter((name) => !standing.includes(name) && name !== 'x-original-user-agent'),
    ).toEqual(kept)
  })

  it('forwards credentials only when they are named', () => {
    const pairs = buildOutboundHeaders(
      input([['Authorization', 'Basic x']], { forwardHeaders: ['authorization'] }),
    )
    expect(pairs).toContainEqual(['Authorization', 'Basic x'])
  })

  it('drops what belongs to a connection even when it is named, and every token Connection lists', () => {
    const raw: HeaderPairs = [
      ['Connection', 'close, X-Secret-Hop'],
      ['X-Secret-Hop', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Expect', '100-continue'],
    ]
    const pairs = buildOutboundHeaders(
      input(raw, { forwardHeaders: ['x-secret-hop', 'transfer-encoding', 'expect', 'connection'] }),
    )
    expect(names(pairs)).toEqual(standing)
  })

  it('a transformed body carries neither the old encoding nor signatures of the old bytes', () => {
    const raw: HeaderPairs = [
      ['Content-Encoding', 'gzip'],
      ['Stripe-Signature', 'x'],
      ['Content-Type', 'text/plain'],
      ['X-GitHub-Event', 'push'],
    ]
    const pairs = buildOutboundHeaders(
      input(raw, {
        transformed: { bodyChanged: true, contentType: 'application/json', headers: [['x-new', '1']] },
      }),
    )
    expect(pairs.slice(0, 3)).toEqual([
      ['X-GitHub-Event', 'push'],
      ['content-type', 'application/json'],
      ['x-new', '1'],
    ])
  })

  it('a script that left the body alone leaves what the sender said of it', () => {
    const raw: HeaderPairs = [
      ['Content-Encoding', 'gzip'],
      ['Stripe-Signature', 'x'],
      ['Content-Type', 'text/plain'],
    ]
    const transformed = { bodyChanged: false, contentType: null, headers: [['x-new', '1']] as HeaderPairs }
    expect(buildOutboundHeaders(input(raw, { transformed })).slice(0, 4)).toEqual([...raw, ['x-new', '1']])
  })

  it('signs so that the Standard Webhooks library verifies it, with the old and the new secret', () => {
    const [next, old] = [newSigningSecret(), newSigningSecret()]
    const nowSeconds = Math.floor(Date.now() / 1000)
    const headers = Object.fromEntries(buildOutboundHeaders(input([], { secrets: [next, old], nowSeconds })))
    for (const secret of [next, old]) expect(new Webhook(secret).verify('{"a":1}', headers)).toEqual({ a: 1 })
  })

  it('signs the published vector', () => {
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

  it('counts hops and calls five a loop', () => {
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
  ] as [HeaderPairs[number]][])('names the place of %j', (pair) => {
    expect(validateCustomHeaders([['fine', 'ok'], pair])).toMatchObject([{ path: '/headers/1' }])
  })
})
