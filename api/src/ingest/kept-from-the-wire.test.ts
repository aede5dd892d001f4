import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { unpackHeaders } from '@whook/shared/server/raw-headers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

interface Row {
  id: string
  method: string
  path: string
  query: string
  content_type: string | null
  http_version: string
  headers: Buffer
  body: Buffer
}
const rows = () => test.database.sql<Row[]>`select * from webhook_request order by id`
const send = (bytes: string) =>
  rawHttp(test.port, bytes.replaceAll('SLUG', test.webhook.slug), { quietMs: 10_000 })
const head = (line: string, headers = '') => `${line}\r\nHost: h\r\nConnection: close\r\n${headers}\r\n`
const post = (headers: string, body: string) =>
  head('POST /SLUG HTTP/1.1', `${headers}Content-Length: ${body.length}\r\n`) + body

type Kept = Partial<Omit<Row, 'headers' | 'body'>> & { body?: string; headers?: [string, string][] }
const manyHeaders = Array.from({ length: 490 }, (_, n): [string, string] => [`x-${n}`, String(n)])
const cookies = Array.from({ length: 100 }, (_, n): [string, string] => ['Cookie', `c${n}=${n}; sid${n}=x`])
const listed = (headers: [string, string][], body = '') =>
  [post(headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''), body), { headers, body }] as const

const cases: Record<string, readonly [bytes: string, kept: Kept]> = {
  'a GET with a body': [
    head('GET /SLUG HTTP/1.1', 'Content-Length: 3\r\n') + 'abc',
    { method: 'GET', body: 'abc' },
  ],
  'a HEAD with a body': [head('HEAD /SLUG HTTP/1.1', 'Content-Length: 3\r\n') + 'abc', { body: 'abc' }],
  'a content type that is none': [post('Content-Type: ;;;\r\n', '{}'), { content_type: ';;;', body: '{}' }],
  'a tab in the content type': [
    post('Content-Type: text/\tplain\r\n', 'x'),
    { content_type: 'text/\tplain', body: 'x' },
  ],
  'an empty content type': [post('Content-Type:\r\n', 'x'), { content_type: '', body: 'x' }],
  'two content types': listed(
    [
      ['Content-Type', 'text/plain'],
      ['content-type', 'application/json'],
    ],
    '{}',
  ),
  'two credentials and two signatures': listed([
    ['Authorization', 'Bearer a'],
    ['Authorization', 'Bearer b'],
    ['X-Hub-Signature-256', 'sha256=a'],
    ['X-Hub-Signature-256', 'sha256=b'],
  ]),
  'headers named like what objects inherit': listed([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['toString', 'c'],
    ['hasOwnProperty', 'd'],
  ]),
  '100 cookies in as many headers': listed(cookies),
  '490 headers': listed(manyHeaders),
  'header names of every odd character': listed([["!#$%&'*+-.^_`|~", 'x']]),
  'a header without a value': listed([['X-Empty', '']]),
  'bytes that are Latin-1': listed([['X-Name', 'caf\xe9 \xff\x80']]),
  'bytes that are UTF-8': listed([['X-Name', Buffer.from('žluťoučký 🐎').toString('latin1')]]),
  'a tab, a DEL-free line of colons and equals signs': listed([['X', 'a\tb:::=;,"\'\\<>']]),
  '%00 in the path and the query': [
    head('GET /SLUG/a%00b?c=%00 HTTP/1.1'),
    { path: '/a%00b', query: 'c=%00' },
  ],
  'escapes that are none': [
    head('GET /SLUG/%zz/%/%c3%28?%zz&%=% HTTP/1.1'),
    { path: '/%zz/%/%c3%28', query: '%zz&%=%' },
  ],
  'dots and slashes': [head('GET /SLUG/../..//./%2e%2e/ HTTP/1.1'), { path: '/../..//./%2e%2e/' }],
  'a fragment and a second question mark': [
    head('GET /SLUG/a#b?c?d HTTP/1.1'),
    { path: '/a#b', query: 'c?d' },
  ],
  'the absolute form': [
    head('POST http://user@elsewhere.example:99/SLUG/p?q HTTP/1.1', 'Content-Length: 0\r\n'),
    { path: '/p', query: 'q' },
  ],
  'HTTP/1.0 without a Host': ['POST /SLUG HTTP/1.0\r\nContent-Length: 1\r\n\r\nx', { http_version: '1.0' }],
  'an IPv6 Host with a port': [
    'GET /SLUG HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n',
    { body: '' },
  ],
  'a length of 0': [post('', ''), { body: '' }],
  'no length at all': [head('POST /SLUG HTTP/1.1'), { body: '' }],
  'chunks with extensions and trailers': [
    head('POST /SLUG HTTP/1.1', 'Transfer-Encoding: chunked\r\n') +
      '1;a=b\r\nx\r\n02;c\r\nyz\r\n0\r\nX-Trailer: t\r\n\r\n',
    { body: 'xyz' },
  ],
  'identity, then chunks': [
    head('POST /SLUG HTTP/1.1', 'Transfer-Encoding: identity, chunked\r\n') + '2\r\nab\r\n0\r\n\r\n',
    { body: 'ab' },
  ],
  'a call for a WebSocket': [
    'GET /SLUG/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    {
      path: '/ws',
      method: 'GET',
      headers: [
        ['Upgrade', 'websocket'],
        ['Sec-WebSocket-Version', '13'],
        ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
    },
  ],
  'a call for HTTP/2 with a body': [
    'POST /SLUG/h2 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 3\r\n\r\nabc',
    { path: '/h2', body: 'abc' },
  ],
  'Expect: 100-continue': [post('Expect: 100-continue\r\n', 'abc'), { body: 'abc' }],
}

describe('a hook URL takes and keeps as sent', () => {
  it.each(Object.entries(cases))('%s', async (_name, [bytes, { body, headers, ...plain }]) => {
    const before = await rows()
    const answer = await send(bytes)
    expect(answer.replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, '')).toMatch(/^HTTP\/1\.1 202 /)
    const [row, ...more] = (await rows()).slice(before.length)
    expect(more).toEqual([])
    expect(row).toMatchObject(plain)
    if (body !== undefined) expect(row!.body.toString('latin1')).toBe(body)
    if (headers) {
      const framing = ['Host', 'Connection', 'Content-Length']
      expect(unpackHeaders(row!.headers).filter(([name]) => !framing.includes(name))).toEqual(headers)
    }
  })

  it('three calls on one line as three requests, in their order', async () => {
    const before = (await rows()).length
    const one = (n: number, end = '') =>
      `POST /SLUG/${n} HTTP/1.1\r\nHost: h\r\n${end}Content-Length: 1\r\n\r\n${n}`
    const answer = await send(one(1) + one(2) + one(3, 'Connection: close\r\n'))
    const ids = [...answer.matchAll(/x-whook-request-id: (\S+)/g)].map(([, id]) => id)
    const kept = (await rows()).slice(before)
    expect(kept.map(({ path, body }) => [path, String(body)]).sort()).toEqual([
      ['/1', '1'],
      ['/2', '2'],
      ['/3', '3'],
    ])
    expect(kept.map(({ id }) => id).sort()).toEqual(ids.sort())
  })
})

it('keeps the headers of a call that offers another protocol as sent, whatever the case and the body', async () => {
  const before = (await rows()).length
  const answer = await send(
    'POST /SLUG HTTP/1.1\r\nHOST: h\r\ncoNNection: Upgrade\r\nconnection: HTTP2-Settings\r\nUpgrade: h2c\r\nX-Name: caf\xe9\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 202 /)
  const [row] = (await rows()).slice(before)
  expect(String(row!.body)).toBe('abc')
  expect(unpackHeaders(row!.headers)).toEqual([
    ['HOST', 'h'],
    ['coNNection', 'Upgrade'],
    ['connection', 'HTTP2-Settings'],
    ['Upgrade', 'h2c'],
    ['X-Name', 'caf\xe9'],
    ['Transfer-Encoding', 'chunked'],
  ])
})

it('the API ignores the offer of another protocol too', async () => {
  const answer = await send('GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

describe('a sender that goes away', () => {
  const cut = async (bytes: string, how: 'end' | 'resetAndDestroy') => {
    const socket = connect(test.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    const gone = once(socket, 'close')
    socket.resume().write(bytes.replaceAll('SLUG', test.webhook.slug), 'latin1', () => socket[how]())
    await gone
  }

  it.each(['end', 'resetAndDestroy'] as const)('by %s in the middle leaves no row', async (how) => {
    const before = (await rows()).length
    await cut('POST /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf', how)
    await cut('POST /SLUG HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', how)
    // A call after it on the same webhook is stored: what was cut would have been before.
    await send(post('', 'whole'))
    expect((await rows()).slice(before).map(({ body }) => String(body))).toEqual(['whole'])
  })

  it('after the whole body leaves the whole row or none, and the next call is answered', async () => {
    const before = (await rows()).length
    const body = 'w'.repeat(100_000)
    for (let n = 0; n < 20; n++) {
      await cut(`POST /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n${body}`, 'resetAndDestroy')
    }
    await send(post('', body))
    await setTimeout(200)
    const kept = (await rows()).slice(before)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.filter((row) => String(row.body) !== body)).toEqual([])
  })
})
