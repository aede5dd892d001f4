import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const stored = async () => (await test.database.sql`select from webhook_request`).length
const send = (bytes: string) =>
  rawHttp(test.port, bytes.replaceAll('SLUG', test.webhook.slug), { quietMs: 2000 })
async function refusals(reason: string) {
  const { body } = await test.app.inject({ url: '/metrics' })
  return Number(
    new RegExp(`whook_requests_refused_total\\{reason="${reason}"\\} (\\d+)`).exec(body)?.[1] ?? 0,
  )
}

describe('client that closes its sending side after the request', () => {
  const sendAndEnd = async (bytes: string) => {
    const socket = connect({ port: test.port, host: '127.0.0.1', allowHalfOpen: true })
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.end(bytes.replaceAll('SLUG', test.webhook.slug))
    await once(socket, 'close')
    return answer
  }

  it('receives 202 from a webhook URL, and the request is stored', async () => {
    const before = await stored()
    const answer = await sendAndEnd('POST /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi')
    expect(answer).toMatch(/^HTTP\/1\.1 202 /)
    expect(await stored()).toBe(before + 1)
  })

  it('receives the responses to pipelined requests in order', async () => {
    const one = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'
    const answer = await sendAndEnd(one + 'POST /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi')
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status)).toEqual(['200', '202'])
  })
})

describe('webhook URL', () => {
  it('returns 202 when two slashes precede the slug', async () => {
    expect(await send('POST //SLUG/a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n')).toMatch(/ 202 /)
  })

  it('returns 202 for an empty Host', async () => {
    expect(await send('POST /SLUG HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n')).toMatch(/ 202 /)
  })

  it('returns 400 with advice to percent-encode when the query has raw UTF-8', async () => {
    const before = await refusals('validation')
    const answer = await send('POST /SLUG?n=caf\xc3\xa9 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('percent-encode')
    expect(await refusals('validation')).toBe(before + 1)
  })

  it('returns 501 and counts it for a method that the parser does not know', async () => {
    const before = await refusals('method-unknown')
    const answer = await send('BREW /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 501 /)
    expect(answer).toContain('"code":"method-unknown"')
    expect(await refusals('method-unknown')).toBe(before + 1)
  })

  it('returns 405 for CONNECT', async () => {
    expect(await send('CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /)
  })
})
