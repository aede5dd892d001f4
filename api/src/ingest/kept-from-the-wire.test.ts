import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keptCalls, post, type Row } from '../testing/kept-calls.js'
import { listenWithWebhook } from '../testing/listen.js'
import { rawHttp } from '../testing/raw-http.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const rows = () => test.database.sql<Row[]>`select * from webhook_request order by id`
const send = (bytes: string) =>
  rawHttp(test.port, bytes.replaceAll('SLUG', test.webhook.slug), { quietMs: 10_000 })
describe('a hook URL takes and keeps as sent', () => {
  it.each(Object.entries(keptCalls))('%s', async (_name, [bytes, { body, headers, ...plain }]) => {
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
