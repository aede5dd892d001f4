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

/** Unlike `once`, does not mind an error on the way: these connections are made to break. */
const next = (socket: Socket, ...events: string[]) =>
  new Promise<void>((resolve) => events.forEach((event) => socket.once(event, () => resolve())))

async function answerOf(socket: Socket): Promise<string> {
  let answer = ''
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
  await next(socket, 'close')
  return answer
}

describe('200 MB in chunks and no length', () => {
  it('413, with memory flat and no row, and the sender gets to read it', { timeout: 60_000 }, async () => {
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
    // The limit is 5 MB: what is over it may wait in a buffer or two, never all of it.
    expect((peak - start) / megabyte).toBeLessThan(50)
  })
})

describe('who takes all the time', () => {
  const inTime = async (bytes: string) => {
    const socket = await open()
    const answer = answerOf(socket)
    socket.write(bytes)
    return answer
  }

  it('408: a head that does not end, one byte after the other or none at all', async () => {
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

it(
  'after a thousand connections that only stand open the next call is answered',
  { timeout: 60_000 },
  async () => {
    const idle = await Promise.all(Array.from({ length: 1000 }, open))
    const socket = await open()
    const answer = answerOf(socket)
    socket.write(`${line()}Connection: close\r\nContent-Length: 2\r\n\r\nok`)
    expect(await answer).toMatch(/^HTTP\/1\.1 202 /)
    for (const each of idle) each.destroy()
  },
)
