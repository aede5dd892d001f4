import { createServer, type Server, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createAddressPolicy } from './address-policy.js'
import { createGuardedClient, type GuardedClient } from './guarded-client.js'
import type { Lookup } from './guarded-connector.js'
import { deniedUrls, rebindingNames } from '@whook/testing/outbound/hostile-urls'
import { addressRefused } from './url-policy.js'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

/** A destination that sends any bytes. */
async function destination(
  answer: (socket: Socket) => void,
): Promise<{ port: number; connections: () => number }> {
  let connections = 0
  const server: Server = createServer((socket) => {
    connections++
    socket.on('error', () => socket.destroy())
    socket.once('data', () => answer(socket))
    cleanups.push(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  cleanups.push(() => server.close())
  return { port: (server.address() as { port: number }).port, connections: () => connections }
}

function client(mode: 'local' | 'server' = 'local', lookup?: Lookup): GuardedClient {
  const addresses = createAddressPolicy({ mode, allowPrivateCidrs: [], denied: [] })
  const made = createGuardedClient({ addresses, lookup })
  cleanups.push(made.close)
  return made
}

const post = (made: GuardedClient, url: string, timeoutMs = 2000, method = 'POST') =>
  made.send({
    tenant: 'ann',
    method,
    url,
    headers: [['content-type', 'text/plain']],
    body: Buffer.from('hi'),
    timeoutMs,
  })

describe('createGuardedClient', () => {
  it('sends a call to an origin where 150 other calls hang', async () => {
    const hangingMax = 150
    let seen = 0
    const { port } = await destination((socket) => {
      if (++seen > hangingMax) socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
    const [made, url] = [client(), `http://127.0.0.1:${port}/`]
    for (let n = 0; n < hangingMax; n++) void post(made, url, 60_000)
    await vi.waitFor(() => expect(seen).toBe(hangingMax), { timeout: 5000 })
    expect(await post(made, url)).toMatchObject({ kind: 'response', statusCode: 204 })
  })

  it('returns status, headers in order and body', async () => {
    const { port } = await destination((socket) =>
      socket.end('HTTP/1.1 201 Made\r\nX-B: 1\r\nx-a: 2\r\nX-A: 3\r\nContent-Length: 2\r\n\r\nok'),
    )
    const outcome = await post(client(), `http://127.0.0.1:${port}/`)
    expect(outcome).toMatchObject({ kind: 'response', statusCode: 201, bodySize: 2 })
    expect(outcome.kind === 'response' && outcome.headers.slice(0, 3)).toEqual([
      ['X-B', '1'],
      ['x-a', '2'],
      ['X-A', '3'],
    ])
  })

  it.each(
    [301, 302, 303, 307, 308].flatMap((status) => [
      [status, 'GET'],
      [status, 'POST'],
    ]) as [number, string][],
  )('does not follow %i after %s', async (status, method) => {
    const target = await destination((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    const { port } = await destination((socket) =>
      socket.end(
        `HTTP/1.1 ${status} X\r\nLocation: http://127.0.0.1:${target.port}/\r\nContent-Length: 0\r\n\r\n`,
      ),
    )
    expect(await post(client(), `http://127.0.0.1:${port}/`, 2000, method)).toMatchObject({
      kind: 'response',
      statusCode: status,
    })
    expect(target.connections()).toBe(0)
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', 'localhost'])(
    'never connects to %s in server mode',
    async (host) => {
      const { port, connections } = await destination((socket) => socket.end())
      expect(await post(client('server'), `http://${host}:${port}/`)).toMatchObject({
        kind: 'failure',
        outcome: 'policy',
      })
      expect(connections()).toBe(0)
    },
  )

  const answering =
    (...addresses: string[]): Lookup =>
    async () =>
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

  it.each([...deniedUrls, ...rebindingNames.map((name) => `http://${name}/`)])(
    'refuses %s without an earlier check',
    async (url) => {
      expect(await post(client('server', answering('127.0.0.1', '::1')), url)).toMatchObject({
        kind: 'failure',
        outcome: 'policy',
        message: addressRefused,
      })
    },
  )

  it('checks each connection: refuses a name that now has another address', async () => {
    const { port, connections } = await destination((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    )
    const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254']
    const rebinding: Lookup = (host) => answering(answers.shift()!)(host)
    const made = client('local', rebinding)
    const url = `http://a.example:${port}/`
    expect(await post(made, url)).toMatchObject({ statusCode: 200 })
    expect(await post(made, url)).toMatchObject({ outcome: 'policy' })
    expect(await post(made, url)).toMatchObject({ outcome: 'policy' })
    expect(connections()).toBe(1)
  })

  it.each([
    { name: 'behind NAT64', addresses: ['64:ff9b::7f00:1', '127.0.0.1'] },
    { name: 'with private IPv6 and allowed IPv4', addresses: ['fd00::1', '127.0.0.1'] },
    {
      name: 'among a hundred',
      addresses: [...Array.from({ length: 99 }, (_, i) => `10.0.0.${i}`), '127.0.0.1'],
    },
  ])('connects only to the allowed address of a name $name', async ({ addresses }) => {
    const { port, connections } = await destination((socket) => socket.end('HTTP/1.1 204 X\r\n\r\n'))
    expect(await post(client('local', answering(...addresses)), `http://a.example:${port}/`)).toMatchObject({
      statusCode: 204,
    })
    expect(connections()).toBe(1)
  })

  it.each([
    { name: 'a name of this machine', addresses: ['127.0.0.1'], outcome: 'policy' },
    {
      name: 'a hundred forbidden addresses',
      addresses: Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`),
      outcome: 'policy',
    },
    { name: 'metadata', addresses: ['169.254.169.254', 'fd00:ec2::254'], outcome: 'policy' },
    { name: 'no address', addresses: [], outcome: 'policy' },
  ])('opens no connection for $name', async ({ addresses, outcome }) => {
    const { port, connections } = await destination((socket) => socket.end())
    expect(await post(client('server', answering(...addresses)), `http://a.example:${port}/`)).toMatchObject({
      outcome,
    })
    expect(connections()).toBe(0)
  })

  it('uses only allowed addresses, with one lookup per connection', async () => {
    const { port, connections } = await destination((socket) => socket.end('HTTP/1.1 204 X\r\n\r\n'))
    let lookups = 0
    const mixed: Lookup = (host) => (lookups++, answering('10.0.0.1', '127.0.0.1')(host))
    expect(await post(client('local', mixed), `http://a.example:${port}/`)).toMatchObject({ statusCode: 204 })
    expect([connections(), lookups]).toEqual([1, 1])
  })

  it('returns tls when the receiver does not support TLS', async () => {
    const { port } = await destination((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    expect(await post(client(), `https://127.0.0.1:${port}/`)).toMatchObject({ outcome: 'tls' })
  })

  const endless = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    const block = Buffer.alloc(64 * 1024, 'x')
    const more = () => {
      while (!socket.destroyed && socket.write(block));
    }
    socket.on('drain', more)
    more()
  }
  const bomb = gzipSync(Buffer.alloc(10_000_000))
  it.each([
    { name: 'hangs', answer: () => {}, expected: { outcome: 'timeout' } },
    { name: 'never ends', answer: endless, expected: { kind: 'response', statusCode: 200 } },
    { name: 'resets', answer: (s: Socket) => s.resetAndDestroy(), expected: { outcome: 'reset' } },
    { name: 'closes without a response', answer: (s: Socket) => s.end(), expected: { outcome: 'reset' } },
    {
      name: 'sends garbage',
      answer: (s: Socket) => s.end('\x16\x03\x01 no http\r\n\r\n'),
      expected: { outcome: 'protocol' },
    },
    {
      name: 'answers status 099',
      answer: (s: Socket) => s.end('HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'),
      expected: { outcome: 'protocol' },
    },
    {
      name: 'has huge headers',
      answer: (s: Socket) => s.end(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(50_000)}\r\n\r\n`),
      expected: { outcome: 'response-too-large' },
    },
    {
      name: 'floods 1xx',
      answer: (s: Socket) =>
        s.end(`${'HTTP/1.1 102 P\r\n\r\n'.repeat(500)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`),
      expected: { statusCode: 200 },
    },
    {
      name: 'switches protocols',
      answer: (s: Socket) => s.end('HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      expected: { kind: 'failure' },
    },
    {
      name: 'sends both lengths',
      answer: (s: Socket) =>
        s.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
      expected: { kind: 'failure' },
    },
    {
      name: 'sends a body with 204',
      answer: (s: Socket) => s.end('HTTP/1.1 204 X\r\n\r\nbody'),
      expected: { statusCode: 204 },
    },
    {
      name: 'sends a gzip bomb',
      answer: (s: Socket) => (
        s.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`),
        s.end(bomb)
      ),
      expected: { statusCode: 200, bodySize: bomb.length },
    },
  ])('ends in time when the destination $name', async ({ answer, expected }) => {
    const { port } = await destination(answer as (socket: Socket) => void)
    const slow = 'outcome' in expected && expected.outcome === 'timeout'
    const outcome = await post(client(), `http://127.0.0.1:${port}/`, slow ? 700 : 10_000)
    expect(outcome).toMatchObject(expected)
    expect(outcome.durationMs).toBeLessThan(slow ? 3000 : 10_000)
    if (outcome.kind === 'response') expect(outcome.body.length).toBeLessThanOrEqual(64 * 1024)
  })
})
