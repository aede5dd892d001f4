import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { guardConnections, type ConnectionFault } from './connections.js'

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`

/** A guarded server; the test sends the responses. */
async function guarded(options: { connectionsMax?: number; stallMs?: number; pipelinedMax?: number } = {}) {
  const faults: ConnectionFault[] = []
  const inHand: { url: string; response: ServerResponse }[] = []
  const server = createServer()
  const connections = guardConnections(server, {
    connectionsMax: 100,
    stallMs: 20_000,
    pipelinedMax: 3,
    ...options,
    onFault: (fault) => faults.push(fault),
  })
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    if (connections.isOverLimit(incoming.socket))
      return response.writeHead(503, { connection: 'close' }).end()
    connections.oneInHand(incoming, response, () => inHand.push({ url: incoming.url!, response }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets: Socket[] = []
  async function open() {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.on('error', () => {})
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  return {
    faults,
    inHand,
    connections,
    open,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('guardConnections', () => {
  it('starts a pipelined request after the previous response', async () => {
    using test = await guarded()
    const socket = await test.open()
    let answers = ''
    socket.on('data', (chunk) => (answers += chunk.toString()))
    socket.write(get('/1') + get('/2') + get('/3'))
    for (let n = 1; n <= 3; n++) {
      await expect.poll(() => test.inHand.map(({ url }) => url)).toHaveLength(n)
      test.inHand[n - 1]!.response.end(`answer ${n}`)
    }
    await expect.poll(() => answers.match(/answer \d/g)).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  it('closes a connection with too many pipelined requests', async () => {
    using test = await guarded({ pipelinedMax: 3 })
    const socket = await test.open()
    const closed = once(socket, 'close')
    socket.write(get('/').repeat(5))
    await closed
    expect(test.faults).toContain('pipelined')
    expect(test.inHand).toHaveLength(1)
  })

  it('closes a connection when the client reads nothing', async () => {
    using test = await guarded({ stallMs: 200 })
    const socket = await test.open()
    socket.pause().write(get('/'))
    await expect.poll(() => test.inHand).toHaveLength(1)
    test.inHand[0]!.response.end(Buffer.alloc(32 * 2 ** 20))
    await expect.poll(() => test.connections.size).toBe(0)
    expect(test.faults).toEqual(['stalled'])
  })

  it('keeps a connection open while the response is computed', async () => {
    using test = await guarded({ stallMs: 100 })
    const socket = await test.open()
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString()))
    socket.write(get('/'))
    await expect.poll(() => test.inHand).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 500))
    test.inHand[0]!.response.end('late')
    await expect.poll(() => answer).toContain('late')
    expect(test.faults).toEqual([])
  })
})

describe('connections over the limit', () => {
  it('get 503, or are closed 10 % above the limit, until others close', async () => {
    using test = await guarded({ connectionsMax: 10 })
    const first = await Promise.all(Array.from({ length: 10 }, test.open))
    await expect.poll(() => test.connections.size).toBe(10)
    const over = await test.open()
    let answer = ''
    over.on('data', (chunk) => (answer += chunk.toString()))
    over.write(get('/'))
    await once(over, 'close')
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    const [another, dropped] = [await test.open(), await test.open()]
    if (!dropped.destroyed) await once(dropped.resume(), 'close')
    expect(test.faults).toContain('over-limit')
    another.destroy()
    first[0]!.destroy()
    await expect.poll(() => test.connections.size).toBe(9)
    ;(await test.open()).write(get('/'))
    await expect.poll(() => test.inHand).toHaveLength(1)
  })
})
