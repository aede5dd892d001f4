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

describe('a hook URL', () => {
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
    { name: 'nothing', body: Buffer.alloc(0), type: 'application/json' },
    { name: 'a body of exactly the limit', body: Buffer.alloc(400_000, 'x'), type: 'text/plain' },
    { name: 'a content type that is none', body: Buffer.from('x'), type: ';;;' },
  ])('202: keeps $name byte for byte', async ({ body, type }) => {
    const answer = await post(body, { headers: { 'content-type': type } })
    expect(answer.status).toBe(202)
    expect(JSON.parse(answer.text)).toEqual({ id: answer.id, status: 'accepted' })
    const row = await stored(answer.id)
    expect(Buffer.compare(row!['body'], body)).toBe(0)
    expect(row!['content_type']).toBe(type)
  })

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    '202: takes %s with a body, path and query as sent',
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

  it('202: keeps the order, the case and the repeats of headers, and bytes outside ASCII', async () => {
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

  it('stores the cookies of the sender and none of our own', async () => {
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

  it('answers pipelined calls each with an id of its own', async () => {
    const one = `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx`
    const answer = await rawHttp(test.port, one.repeat(3))
    const ids = [...answer.matchAll(/x-whook-request-id: (\S+)/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(3)
  })

  it('404: says nothing about a slug that is not there', async () => {
    const answer = await rawHttp(
      test.port,
      `POST /wh_${'0'.repeat(22)} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(answer).toContain('"code":"not-found"')
  })

  it('413: by the declared length at once, and by counted bytes without one', async () => {
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

  it('431: refuses 600 headers instead of dropping some', async () => {
    const answer = await rawHttp(
      test.port,
      `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\n${'a: b\r\n'.repeat(600)}Content-Length: 0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('leaves no row for a body that was cut off half way', async () => {
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
    { name: 'two Hosts', head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nHost: b\r\n', status: 400 },
    { name: 'a Host that is none', head: 'POST /SLUG HTTP/1.1\r\nHost: a"><script>\r\n', status: 400 },
    { name: 'TRACE', head: 'TRACE /SLUG HTTP/1.1\r\nHost: a\r\n', status: 405 },
    { name: 'HTTP/2.0 in the request line', head: 'POST /SLUG HTTP/2.0\r\nHost: a\r\n', status: 400 },
    {
      name: 'both lengths',
      head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n',
      status: 400,
    },
    {
      name: 'two lengths',
      head: 'POST /SLUG HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n',
      status: 400,
    },
    { name: 'no Host', head: 'POST /SLUG HTTP/1.1\r\n', status: 400 },
    {
      name: 'a header over 16 KiB',
      head: `POST /SLUG HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(17_000)}\r\n`,
      status: 431,
    },
  ])('refuses $name with $status', async ({ head, status }) => {
    const answer = await rawHttp(test.port, `${head.replace('SLUG', test.webhook.slug)}\r\n`)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('202: takes the absolute form and HTTP/1.0 without a Host', async () => {
    for (const line of [
      `http://any.example/${test.webhook.slug}/p HTTP/1.1\r\nHost: h`,
      `/${test.webhook.slug}/p HTTP/1.0\r\nX: y`,
    ]) {
      const answer = await rawHttp(test.port, `POST ${line}\r\nContent-Length: 0\r\n\r\n`)
      expect(answer).toMatch(/ 202 /)
    }
  })
})
