import { once } from 'node:events'
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawHttp } from '../testing/raw-http.js'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
let slug: string
let patch: (body: object) => Promise<void>

beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

/** Creates a webhook for one test. `patch` changes it over REST. */
async function aWebhook() {
  const mine = test.as('ann')
  const { id, slug: made } = (await mine.post('/api/v1/webhooks', { name: 'x' })).json<{
    id: string
    slug: string
  }>()
  slug = made
  patch = async (body) => {
    const answer = await mine.patch(`/api/v1/webhooks/${id}`, body)
    expect([answer.statusCode, answer.body]).toEqual([200, answer.body])
  }
}

/** Sends requests on one connection, which is closed after the last. Returns all received bytes. */
const calls = (method: string, count = 1) => {
  const one = (end: string) => `${method} /${slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n${end}\r\nhi`
  return rawHttp(test.port, one('').repeat(count - 1) + one('Connection: close\r\n'), { quietMs: 10_000 })
}
const call = (method = 'POST') => calls(method)
const stored = async () => (await test.database.sql`select from webhook_request`).length
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])

describe('webhook URL', () => {
  it('returns the configured status, headers and body with the guard headers', async () => {
    await aWebhook()
    await patch({
      response: {
        status: 201,
        headers: [
          ['content-type', 'application/xml'],
          ['x-mine', 'a'],
        ],
        body: '<ok/>',
      },
    })
    const answer = await call()
    expect(statusOf(answer)).toBe(201)
    expect(answer).toMatch(/content-type: application\/xml\r\n/i)
    expect(answer).toMatch(/x-mine: a\r\n/i)
    expect(answer).toMatch(/x-whook-request-id: [0-9a-f-]{36}\r\n/)
    expect(answer.match(/x-content-type-options: .*/gi)).toEqual(['x-content-type-options: nosniff'])
    expect(answer).toContain("content-security-policy: sandbox; default-src 'none'")
    expect(answer.endsWith('\r\n\r\n<ok/>')).toBe(true)
  })

  it.each([
    ['without a body, without headers', { headers: [], body: null }],
    ['with a body and headers', { headers: [['x-mine', 'a']], body: 'never sent' }],
  ])('returns 204 %s, and answers the next request on the connection', async (_, rest) => {
    await aWebhook()
    await patch({ response: { status: 204, ...rest } })
    const answers = await calls('POST', 2)
    expect(answers.match(/HTTP\/1\.1 204 No Content/g)).toHaveLength(2)
    // RFC 9110 section 8.6: a server must not send Content-Length with 204.
    expect(answers).not.toMatch(/content-length/i)
    expect(answers).not.toMatch(/accepted|never sent/)
  })

  it('returns 410 and stores nothing when the webhook is disabled', async () => {
    await aWebhook()
    await patch({ status: 'disabled' })
    const before = await stored()
    const answer = await call()
    expect(statusOf(answer)).toBe(410)
    expect(answer).toContain('"code":"webhook-disabled"')
    expect(await stored()).toBe(before)
  })

  it('returns 202 and stores the request when the webhook is paused', async () => {
    await aWebhook()
    await patch({ status: 'paused' })
    const before = await stored()
    expect(statusOf(await call())).toBe(202)
    expect(await stored()).toBe(before + 1)
  })

  it('returns 429 with Retry-After over the rate of this webhook only', async () => {
    await aWebhook()
    await patch({ limits: { requestsPerSecond: 1 } })
    const answers = await calls('POST', 5)
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map((match) => Number(match[1]))
    expect(statuses[0]).toBe(202)
    expect(statuses).toContain(429)
    expect(answers).toMatch(/retry-after: 1\r\n/)
    expect(answers).toContain('"code":"rate-limited"')
    await aWebhook()
    expect(statusOf(await call())).toBe(202)
  })

  it('returns 413 over the body limit of the webhook, and 202 at the limit', async () => {
    await aWebhook()
    await patch({ limits: { bodyBytesMax: 1 } })
    expect(statusOf(await call())).toBe(413)
    await patch({ limits: { bodyBytesMax: 2 } })
    expect(statusOf(await call())).toBe(202)
  })

  it('returns 413 over the server limit when the stored webhook limit is higher', async () => {
    await aWebhook()
    const more = test.config.bodyLimitBytes + 1
    await test.database.sql`update webhook set limits = limits || ${`{"bodyBytesMax":${more}}`}::text::jsonb`
    await patch({ name: 'set before the limit was lowered' })
    const head = `POST /${slug} HTTP/1.1\r\nHost: h\r\nContent-Length: ${more}\r\nConnection: close\r\n\r\n`
    expect(statusOf(await rawHttp(test.port, head, { quietMs: 10_000 }))).toBe(413)
  })

  it('returns only the head of the response for HEAD', async () => {
    await aWebhook()
    const answer = await call('HEAD')
    expect(statusOf(answer)).toBe(202)
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
  })

  it('returns 404 immediately after a URL rotation or a deletion', async () => {
    await aWebhook()
    expect(statusOf(await call())).toBe(202)
    const mine = test.as('ann')
    const { items } = (await mine.get('/api/v1/webhooks')).json<{ items: { id: string; slug: string }[] }>()
    const { id } = items.find((webhook) => webhook.slug === slug)!
    await mine.post(`/api/v1/webhooks/${id}/rotate-url`)
    expect(statusOf(await call())).toBe(404)
    slug = (await mine.get(`/api/v1/webhooks/${id}`)).json<{ slug: string }>().slug
    expect(statusOf(await call())).toBe(202)
    await mine.delete(`/api/v1/webhooks/${id}`)
    expect(statusOf(await call())).toBe(404)
  })

  it('returns 202 for every method of Node except TRACE and CONNECT', { timeout: 60_000 }, async () => {
    await aWebhook()
    const taken = METHODS.filter((method) => !['TRACE', 'CONNECT', 'HEAD'].includes(method))
    const answers = await Promise.all(taken.map((method) => call(method)))
    expect(taken.filter((_, index) => statusOf(answers[index]!) !== 202)).toEqual([])
    const rows = await test.database.sql<{ method: string }[]>`
      select distinct method from webhook_request join webhook on webhook.id = webhook_id where slug = ${slug}`
    expect(rows.map(({ method }) => method).sort()).toEqual([...taken].sort())
  })

  it('returns 408 and stores no row when the body does not arrive in time', { timeout: 60_000 }, async () => {
    await aWebhook()
    const before = await stored()
    test.app.server.requestTimeout = 500
    try {
      const socket = connect(test.port, '127.0.0.1')
      socket.write(`POST /${slug} HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf`)
      let answer = ''
      socket.on('data', (chunk) => (answer += chunk.toString()))
      await once(socket, 'close')
      expect(statusOf(answer)).toBe(408)
      expect(answer).toContain('"code":"request-timeout"')
      expect(await stored()).toBe(before)
    } finally {
      test.app.server.requestTimeout = 30_000
    }
  })
})
