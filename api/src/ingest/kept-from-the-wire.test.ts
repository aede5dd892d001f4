import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keptCalls, post, type WebhookRequestRow } from '../testing/kept-calls.js'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const rows = () => test.database.sql<WebhookRequestRow[]>`select * from webhook_request order by id`
const send = (bytes: string) =>
  rawHttp(test.port, bytes.replaceAll('SLUG', test.webhook.slug), { quietMs: 10_000 })
describe('webhook URL', () => {
  it.each(Object.entries(keptCalls))(
    'stores %s as sent',
    async (_name, [bytes, { body, headers, ...plain }]) => {
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
    },
  )

  it('stores three pipelined requests with the ids of their responses', async () => {
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

it('stores the headers as sent when a request with a body offers an upgrade', async () => {
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

it('ignores an offered upgrade in the API', async () => {
  const answer = await send('GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
})

describe('sender that closes the connection', () => {
  const cut = async (bytes: string, how: 'end' | 'resetAndDestroy') => {
    const socket = connect(test.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    socket.resume().write(bytes.replaceAll('SLUG', test.webhook.slug), 'latin1', () => socket[how]())
    await closed
  }

  it.each(['end', 'resetAndDestroy'] as const)(
    'stores no row when the sender closes with %s inside the body',
    async (how) => {
      const before = (await rows()).length
      await cut('POST /SLUG HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf', how)
      await cut('POST /SLUG HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', how)
      // A later request to the same webhook is stored. An incomplete request would have been stored before it.
      await send(post('', 'whole'))
      expect((await rows()).slice(before).map(({ body }) => String(body))).toEqual(['whole'])
    },
  )

  it('stores the whole row or none when the sender resets after the body', async () => {
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
