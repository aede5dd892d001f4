import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
const agent = new Agent({ connections: 20 })
beforeAll(async () => {
  test = await listenWithWebhook({ BODY_LIMIT_BYTES: '400000' })
})
afterAll(async () => {
  await agent.close()
  await test.close()
})

async function stored(id: string) {
  const [row] = await test.database.sql`select * from webhook_request where id = ${id}`
  return row
}

async function post(
  body: Buffer | string | null,
  options: { method?: string; path?: string; headers?: Record<string, string> } = {},
) {
  const answer = await request(`${test.hookUrl}${options.path ?? ''}`, {
    method: (options.method ?? 'POST') as 'POST',
    body,
    headers: options.headers,
    dispatcher: agent,
  })
  const text = await answer.body.text()
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text,
    id: String(answer.headers['x-whook-request-id']),
  }
}

describe('webhook URL', () => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(2000)])
  const multipart = Buffer.concat([
    Buffer.from(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
    ),
    png,
    Buffer.from('\r\n--b--\r\n'),
  ])
  it.each([
    {
      name: 'JSON',
      body: Buffer.from('{"id":"evt_1","type":"invoice.paid","n":12345678901234567890}'),
      type: 'application/json',
    },
    { name: 'a NUL in JSON text', body: Buffer.from('{"a":"\u0000"}'), type: 'application/json' },
    { name: 'random bytes', body: randomBytes(5000), type: 'application/octet-stream' },
    { name: 'gzip', body: gzipSync('{"a":1}'.repeat(1000)), type: 'application/json' },
    { name: 'a multipart upload', body: multipart, type: 'multipart/form-data; boundary=b' },
    { name: 'invalid UTF-8', body: Buffer.from([0xc3, 0x28, 0xff]), type: 'text/plain' },
    { name: 'a body too large for the queue', body: randomBytes(300_000), type: 'application/octet-stream' },
    { name: 'an empty body', body: Buffer.alloc(0), type: 'application/json' },
    { name: 'a body of exactly the limit', body: Buffer.alloc(400_000, 'x'), type: 'text/plain' },
    { name: 'an invalid content type', body: Buffer.from('x'), type: ';;;' },
  ])('returns 202 and stores $name byte for byte', async ({ body, type }) => {
    const answer = await post(body, { headers: { 'content-type': type } })
    expect(answer.status).toBe(202)
    expect(JSON.parse(answer.text)).toEqual({ id: answer.id, status: 'accepted' })
    const row = await stored(answer.id)
    expect(Buffer.compare(row!['body'], body)).toBe(0)
    expect(row!['content_type']).toBe(type)
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'returns 202 and stores %s with its body, path and query as sent',
    async (method) => {
      const target = `/${test.webhook.slug}/a%2fb//c?x=1&x=%zz&y`
      const answer = await rawHttp(
        test.port,
        `${method} ${target} HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 202 /)
      const row = await stored(/x-whook-request-id: (\S+)/.exec(answer)![1]!)
      expect(row).toMatchObject({ method, path: '/a%2fb//c', query: 'x=1&x=%zz&y', http_version: '1.1' })
      expect(String(row!['body'])).toBe('abc')
    },
  )

  it('returns 202 and stores order, case, repeats and bytes of headers as sent', async () => {
    const answer = await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nX-B: 2\r\nx-a: one\r\nX-A: caf\xe9\r\n__proto__: p\r\nContent-Length: 0\r\n\r\n`,
    )
    const row = await stored(/x-whook-request-id: (\S+)/.exec(answer)![1]!)
    expect(unpackHeaders(row!['headers'])).toEqual([
      ['Host', 'h'],
      ['X-B', '2'],
      ['x-a', 'one'],
      ['X-A', 'caf\xe9'],
      ['__proto__', 'p'],
      ['Content-Length', '0'],
    ])
  })

  it('stores the cookies of the sender but not those of Whook', async () => {
    const answer = await post('x', {
      headers: {
        cookie:
          'theme=dark; whook_sid=secret; sid=1; __Host-whook_sid=secret; _csrf=2; oauth2-x=3; __Host-whook_oauth2_state=secret',
      },
    })
    const row = await stored(answer.id)
    expect(String(row!['headers'])).not.toContain('secret')
    expect(String(row!['headers'])).toContain('theme=dark; sid=1; _csrf=2; oauth2-x=3')
  })

  it('returns a different id for each pipelined request', async () => {
    const one = `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx`
    const answer = await rawHttp(test.port, one.repeat(3))
    const ids = [...answer.matchAll(/x-whook-request-id: (\S+)/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(3)
  })

  it('returns 404 for an unknown slug', async () => {
    const answer = await rawHttp(
      test.port,
      `POST /wh_${'0'.repeat(22)} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toContain('"code":"not-found"')
  })

  it('returns 413 for a declared or a counted length over the limit', async () => {
    const declared = await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 400001\r\n\r\n`,
    )
    expect(declared).toMatch(/^HTTP\/1\.1 413 /)
    const chunk = `186a0\r\n${'x'.repeat(100_000)}\r\n`
    const counted = await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`,
    )
    expect(counted).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('returns 431 for 600 headers', async () => {
    const answer = await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\n${'a: b\r\n'.repeat(600)}Content-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('stores no row when the body is incomplete', async () => {
    const before = await test.database.sql`select count(*)::int as n from webhook_request`
    await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf`,
      { quietMs: 50 },
    )
    const after = await test.database.sql`select count(*)::int as n from webhook_request`
    expect(after[0]!['n']).toBe(before[0]!['n'])
  })

  it.each([
    { name: 'two Host headers', head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nHost: b\r\n', status: 400 },
    { name: 'an invalid Host', head: 'POST /SLUG HTTP/1.1\r\nHost: a"><script>\r\n', status: 400 },
    { name: 'TRACE', head: 'TRACE /SLUG HTTP/1.1\r\nHost: a\r\n', status: 405 },
    { name: 'HTTP/2.0 in the request line', head: 'POST /SLUG HTTP/2.0\r\nHost: a\r\n', status: 400 },
    {
      name: 'Content-Length and Transfer-Encoding',
      head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n',
      status: 400,
    },
    {
      name: 'two different Content-Length headers',
      head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n',
      status: 400,
    },
    { name: 'a missing Host', head: 'POST /SLUG HTTP/1.1\r\n', status: 400 },
    {
      name: 'a header over 16 KiB',
      head: `POST /SLUG HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(17_000)}\r\n`,
      status: 431,
    },
  ])('returns $status for $name', async ({ head, status }) => {
    const answer = await rawHttp(test.port, `${head.replace('SLUG', test.webhook.slug)}\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('returns 202 for the absolute form and for HTTP/1.0 without a Host', async () => {
    for (const line of [
      `http://any.example/${test.webhook.slug}/p HTTP/1.1\r\nHost: h`,
      `/${test.webhook.slug}/p HTTP/1.0\r\nX: y`,
    ]) {
      const answer = await rawHttp(test.port, `POST ${line}\r\nContent-Length: 0\r\n\r\n`)
      expect(answer).toMatch(/ 202 /)
    }
  })
})
