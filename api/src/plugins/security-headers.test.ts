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

const head = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`
const upgrade =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
const post = (target: string, body: string) =>
  `POST ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`

const calls: [name: string, status: number, bytes: () => string][] = [
  ['a health check', 200, () => head('/healthz')],
  ['the metrics', 200, () => head('/metrics')],
  ['the sign-in options', 200, () => head('/auth/options')],
  ['a call without sign-in', 401, () => head('/api/v1/me')],
  ['an unknown page', 404, () => head('/nothing/here')],
  ['an unknown page with another method', 404, () => 'PROPFIND /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a method that the path does not support', 405, () => post('/healthz', '{}')],
  ['a body that is not JSON', 400, () => post('/auth/local', '{x')],
  ['a body of the wrong shape', 400, () => post('/auth/local', '{}')],
  ['an unknown host name', 421, () => 'GET /api/v1/me HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ['an undecodable URL', 400, () => head('/%zz')],
  ['bytes that are not HTTP', 400, () => 'GARBAGE\r\n\r\n'],
  ['an unknown method', 501, () => 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['too large headers', 431, () => head('/', `x: ${'a'.repeat(20_000)}\r\n`)],
  ['a socket without sign-in', 401, () => head('/ws', upgrade)],
  ['a socket at an unknown path', 404, () => head('/nothing', upgrade)],
  ['an accepted webhook', 202, () => head(`/${test.webhook.slug}`)],
  ['an unknown hook URL', 404, () => head(`/wh_${'0'.repeat(22)}`)],
  ['a hook URL with two Host headers', 400, () => head(`/${test.webhook.slug}`, 'Host: b\r\n')],
]

describe('every response', () => {
  it.each(calls)(
    'to %s (%i) forbids framing, sniffing, scripts and referrers',
    async (_name, status, bytes) => {
      const answer = await rawHttp(test.port, bytes())
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im)
      expect(answer).toMatch(/^referrer-policy: no-referrer\r$/im)
      const policy = /^content-security-policy: (.*)\r$/im.exec(answer)?.[1]
      expect(policy).toMatch(/frame-ancestors 'none'|^sandbox; default-src 'none'$/)
      expect(policy).toMatch(/script-src [\w.:/-]+\/assets\/ |default-src 'none'/)
      expect(policy).not.toMatch(/(script|worker|style)-src[^;]*'self'/)
      expect(policy).not.toContain('upgrade-insecure-requests')
    },
  )

  it.each(calls.filter(([, status]) => status >= 400))(
    'to %s (%i) is a problem with a code and without a stack',
    async (_name, status, bytes) => {
      const answer = await rawHttp(test.port, bytes())
      expect(answer).toMatch(/^content-type: application\/problem\+json/im)
      const problem = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4)) as {
        status: number
        code: string
      }
      expect(problem).toMatchObject({ status, code: expect.stringMatching(/^[a-z-]+$/) })
      expect(answer).not.toMatch(/node_modules|\.ts:|FST_ERR/)
    },
  )

  it('over https has Strict-Transport-Security', async () => {
    await using https = await listenWithWebhook({ PUBLIC_URL: 'https://localhost' })
    expect(await rawHttp(https.port, head('/healthz'))).toMatch(/^strict-transport-security: max-age=\d{8}/im)
    expect(await rawHttp(test.port, head('/healthz'))).not.toMatch(/strict-transport-security/i)
  })

  it('to an unsupported upgrade ends the connection', async () => {
    const socket = connect(test.port, '127.0.0.1', () => socket.write(head('/nothing', upgrade)))
    socket.resume()
    await once(socket, 'close')
  })
})
