import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const stored = async () => (await test.database.sql`select from webhook_request`).length
const smuggled = 'POST /SLUG/smuggled HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n'
const post = (headers: string, body = '') => `POST /SLUG HTTP/1.1\r\nHost: h\r\n${headers}\r\n${body}`
const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body)

/** Two parsers could read each of these differently. Neither it nor the request smuggled after it may be stored. */
const ambiguous: [name: string, bytes: string][] = [
  [
    'a length, then chunks',
    post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`),
  ],
  [
    'chunks, then a length',
    post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${smuggled}`),
  ],
  ['two lengths', post('Content-Length: 3\r\nContent-Length: 0\r\n', `abc${smuggled}`)],
  ['the same length twice', post('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc')],
  ['a list of lengths', post('Content-Length: 2, 2\r\n', 'ab')],
  ['a length with a plus', post('Content-Length: +2\r\n', 'ab')],
  ['a negative length', post('Content-Length: -1\r\n', 'ab')],
  ['a length in hexadecimal', post('Content-Length: 0x2\r\n', 'ab')],
  ['an empty length', post('Content-Length: \r\n', 'ab')],
  ['a length with a space inside', post('Content-Length: 1 2\r\n', 'ab')],
  ['a length past 64 bits', post(`Content-Length: ${'9'.repeat(30)}\r\n`, 'ab')],
  ['an unknown transfer coding', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${smuggled}`)],
  [
    'chunked as the first of two codings',
    post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${smuggled}`),
  ],
  ['a space before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${smuggled}`)],
  ['a vertical tab before chunked', post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${smuggled}`)],
  [
    'chunked in two headers',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${smuggled}`),
  ],
  ['a folded header', post('X: a\r\n b\r\nContent-Length: 0\r\n')],
  ['a folded transfer coding', post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${smuggled}`)],
  ['bare line feeds', 'POST /SLUG HTTP/1.1\nHost: h\nContent-Length: 0\n\n'],
  ['a bare line feed in a header', post('X: a\nContent-Length: 0\r\n')],
  ['a bare carriage return', post('X: a\rContent-Length: 0\r\n')],
  ['a NUL in a header', post('X: a\0b\r\nContent-Length: 0\r\n')],
  ['a header without a name', post(': x\r\nContent-Length: 0\r\n')],
  ['a header without a colon', post('nothing\r\nContent-Length: 0\r\n')],
  ['a space before the first header', 'POST /SLUG HTTP/1.1\r\n Host: h\r\nContent-Length: 0\r\n\r\n'],
  ['a tab in a header name', post('X\tY: a\r\nContent-Length: 0\r\n')],
  ['a chunk size that is not a number', chunked('zz\r\nab\r\n0\r\n\r\n')],
  ['a chunk size past 64 bits', chunked(`${'f'.repeat(17)}\r\nab\r\n0\r\n\r\n`)],
  ['a negative chunk size', chunked('-1\r\nab\r\n0\r\n\r\n')],
  ['chunk sizes that end in a line feed', chunked('2\nab\n0\n\n')],
  ['a chunk longer than its size', chunked('1\r\nab\r\n0\r\n\r\n')],
  ['20 KiB of chunk extension', chunked(`2;x=${'y'.repeat(20_000)}\r\nab\r\n0\r\n\r\n`)],
  ['a space in the target', 'POST /SLUG/a b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n'],
  ['a NUL in the target', 'POST /SLUG/a\0b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n'],
  [
    'bytes outside ASCII in the target',
    'POST /SLUG/caf\xc3\xa9 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n',
  ],
  ['a length in the trailer', chunked('1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n')],
  ['HTTP/0.9', 'GET /SLUG\r\n\r\n'],
  ['HTTP/2.0', 'POST /SLUG HTTP/2.0\r\nHost: h\r\nContent-Length: 0\r\n\r\n'],
  ['HTTP/1.2', 'POST /SLUG HTTP/1.2\r\nHost: h\r\nContent-Length: 0\r\n\r\n'],
  ['another protocol', 'POST /SLUG ICY/1.0\r\nHost: h\r\nContent-Length: 0\r\n\r\n'],
  ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a missing Host', 'POST /SLUG HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
  ['two Host headers', post('Host: h\r\nContent-Length: 0\r\n')],
  ...['a"><script>', 'a b', 'a/b', 'a@b', 'a:b', 'a:123456', '[::1', 'h\xe9', 'a,b', 'a%00b'].map(
    (host): [string, string] => [
      `the Host ${host}`,
      `POST /SLUG HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`,
    ],
  ),
]

const others: [name: string, status: number, bytes: string][] = [
  ['TRACE', 405, 'TRACE /SLUG HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['3,000 headers', 431, post(`${'a:b\r\n'.repeat(3000)}Content-Length: 0\r\n`)],
  ['501 headers', 431, post(`${'a:b\r\n'.repeat(499)}Content-Length: 0\r\n`)],
  ['a header of 17 KiB', 431, post(`X: ${'y'.repeat(17_000)}\r\nContent-Length: 0\r\n`)],
  ['a URL of 17 KiB', 431, `GET /SLUG/${'y'.repeat(17_000)} HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['an unsupported expectation', 417, post('Expect: a-miracle\r\nContent-Length: 2\r\n', 'ab')],
  ['a length over the limit', 413, post(`Content-Length: ${5 * 2 ** 20 + 1}\r\n`)],
]

const statuses = (answer: string) =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status]) => +status!)

const all = [...ambiguous.map(([name, bytes]) => [name, 400, bytes] as const), ...others]

describe('webhook URL', () => {
  it.each(all)(
    'refuses %s with %i, stores nothing and closes the connection',
    async (_name, status, bytes) => {
      const before = await stored()
      const answer = await rawHttp(test.port, bytes.replaceAll('SLUG', test.webhook.slug), { quietMs: 5000 })
      expect(statuses(answer)).toEqual([status])
      expect(answer).toMatch(/^content-type: application\/problem\+json\r$/im)
      expect(answer).toMatch(/^connection: close\r$/im)
      expect(await stored()).toBe(before)
    },
  )
})

const asJson = (bytes: string) =>
  bytes
    .replaceAll('SLUG', 'auth/local')
    .replace('Host: h\r\n', 'Host: localhost\r\nContent-Type: application/json\r\n')
const ofTheApi = [
  ...all.filter(([, , bytes]) => bytes.includes('SLUG')),
  ...['Authorization', 'Content-Type', 'Origin', 'X-Csrf-Token'].map(
    (name) =>
      [`${name} twice`, 400, post(`${name}: a\r\n${name}: a\r\nContent-Length: 2\r\n`, '{}')] as const,
  ),
]

describe('API', () => {
  it.each(ofTheApi)('refuses %s with %i and closes the connection', async (_name, status, bytes) => {
    const answer = await rawHttp(test.port, asJson(bytes), { quietMs: 5000 })
    expect(statuses(answer)).toEqual([status])
    expect(answer).toMatch(/^content-type: application\/problem\+json[;\r]/im)
    expect(answer).toMatch(/^connection: close\r$/im)
  })
})
