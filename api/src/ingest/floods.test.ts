import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

const megabyte = 2 ** 20
let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook()
})
afterAll(() => test.close())

const stored = async () => (await test.database.sql`select from webhook_request`).length
const line = () => `POST /${test.webhook.slug} HTTP/1.1\r\nHost: h\r\n`

async function open() {
  const socket = connect(test.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Unlike `once`, ignores errors: these connections are expected to break. */
const next = (socket: Socket, ...events: string[]) =>
  new Promise<void>((resolve) => events.forEach((event) => socket.once(event, () => resolve())))

async function answerOf(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  await next(socket, 'close')
  return answer
}

describe('200 MB in chunks without a length', () => {
  it('returns 413 with bounded memory and stores no row', { timeout: 60_000 }, async () => {
    const before = await stored()
    const held = () => process.memoryUsage().arrayBuffers
    const start = held()
    let peak = start
    const socket = await open()
    const answer = answerOf(socket)
    socket.write(`${line()}Transfer-Encoding: chunked\r\n\r\n`)
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(megabyte, 'x'), Buffer.from('\r\n')])
    for (let sent = 0; sent < 200 && socket.writable; sent++) {
      if (!socket.write(chunk)) await next(socket, 'drain', 'close')
      peak = Math.max(peak, held())
    }
    socket.end()
    expect(await answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(await stored()).toBe(before)
    // The limit is 5 MB. Only a small part of the excess may be buffered.
    expect((peak - start) / megabyte).toBeLessThan(50)
  })
})

describe('slow client', () => {
  const inTime = async (bytes: string) => {
    const socket = await open()
    const answer = answerOf(socket)
    socket.write(bytes)
    return answer
  }

  it('returns 408 when the head arrives too slowly or not at all', async () => {
    const { server } = test.app
    const allowed = server.headersTimeout
    server.headersTimeout = 300
    try {
      const socket = await open()
      const answer = answerOf(socket)
      socket.write(line())
      const drip = setInterval(() => socket.write('x'), 50)
      expect(await answer).toMatch(/^HTTP\/1\.1 408 /)
      clearInterval(drip)
      expect(await inTime('P')).toMatch(/^HTTP\/1\.1 408 /)
      expect(await inTime('')).toMatch(/^HTTP\/1\.1 408 /)
    } finally {
      server.headersTimeout = allowed
    }
  })
})

it('answers a request while 1,000 connections are idle', { timeout: 60_000 }, async () => {
  const idle = await Promise.all(Array.from({ length: 1000 }, open))
  const socket = await open()
  const answer = answerOf(socket)
  socket.write(`${line()}Connection: close\r\nContent-Length: 2\r\n\r\nok`)
  expect(await answer).toMatch(/^HTTP\/1\.1 202 /)
  for (const each of idle) each.destroy()
})
