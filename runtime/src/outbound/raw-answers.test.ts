import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { createAddressPolicy } from './address-policy.js'
import { createGuardedClient } from './guarded-client.js'
import { createRawReceiver, requestBody } from '@whook/testing/outbound/raw-receiver'

const addresses = createAddressPolicy({ mode: 'local', allowPrivateCidrs: [], denied: [] })
const client = createGuardedClient({ addresses })
afterAll(client.close)

const call = (url: string, method = 'POST', timeoutMs = 5000) =>
  client.send({ tenant: 'ann', method, url, headers: [], body: Buffer.from(requestBody), timeoutMs })

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const whole = (statusCode: number, text: string) => ({
  kind: 'response',
  statusCode,
  text,
  brokenOff: undefined,
})
const brokenOff = (statusCode: number, text: string, why: RegExp) => ({
  kind: 'response',
  statusCode,
  text,
  brokenOff: expect.stringMatching(why),
})
const failure = (outcome: string, message: RegExp) => ({
  kind: 'failure',
  outcome,
  message: expect.stringMatching(message),
})

/** Bytes of a receiver that closes after them, and the expected outcome. */
const closing: { name: string; bytes: string; method?: string; expected: object }[] = [
  { name: 'a body with a length', bytes: ok, expected: whole(200, 'ok') },
  {
    name: 'a body that ends with the connection',
    bytes: 'HTTP/1.1 200 OK\r\n\r\nall',
    expected: whole(200, 'all'),
  },
  { name: 'HTTP/1.0', bytes: 'HTTP/1.0 200 OK\r\n\r\nold', expected: whole(200, 'old') },
  { name: 'no reason phrase', bytes: 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', expected: whole(200, '') },
  {
    name: 'chunks with extensions and trailers',
    bytes:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2;a=b\r\nab\r\n1\r\nc\r\n0\r\nX-T: 1\r\n\r\n',
    expected: whole(200, 'abc'),
  },
  {
    name: '204 with Content-Length',
    bytes: 'HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n',
    expected: whole(204, ''),
  },
  {
    name: '204 with Content-Length and a body',
    bytes: 'HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\nhello',
    expected: whole(204, ''),
  },
  {
    name: '204 with a chunked body',
    bytes: 'HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    expected: whole(204, ''),
  },
  {
    name: '304 with Content-Length',
    bytes: 'HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n',
    expected: whole(304, ''),
  },
  {
    name: '304 with Content-Length and a body',
    bytes: 'HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\nhello',
    expected: whole(304, ''),
  },
  {
    name: 'HEAD with Content-Length',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    method: 'HEAD',
    expected: whole(200, ''),
  },
  {
    name: 'HEAD with a body',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    method: 'HEAD',
    expected: whole(200, ''),
  },
  {
    name: 'an unrequested 100 Continue',
    bytes: `HTTP/1.1 100 Continue\r\n\r\n${ok}`,
    expected: whole(200, 'ok'),
  },
  {
    name: 'several 1xx responses with headers',
    bytes: `HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok}`,
    expected: whole(200, 'ok'),
  },
  { name: 'garbage after the response', bytes: `${ok}garbage`, expected: whole(200, 'ok') },
  { name: 'a second response', bytes: `${ok}HTTP/1.1 500 X\r\n\r\n`, expected: whole(200, 'ok') },
  {
    name: 'a body shorter than its length',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf',
    expected: brokenOff(200, 'half', /closed the connection/),
  },
  {
    name: 'a cut chunk',
    bytes: 'HTTP/1.1 201 X\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf',
    expected: brokenOff(201, 'half', /closed the connection|ended in the middle/),
  },
  {
    name: 'an invalid chunk size',
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n',
    expected: brokenOff(200, 'ab', /chunk size/),
  },
  {
    name: 'an error status whose body is cut',
    bytes: 'HTTP/1.1 503 X\r\nContent-Length: 9\r\n\r\nhalf',
    expected: brokenOff(503, 'half', /closed the connection/),
  },
  { name: 'an empty response', bytes: '', expected: failure('reset', /closed the connection/) },
  { name: 'half a status line', bytes: 'HTTP/1.1 2', expected: failure('reset', /closed the connection/) },
  {
    name: 'half the headers',
    bytes: 'HTTP/1.1 200 OK\r\nX-A: b\r\n',
    expected: failure('reset', /closed the/),
  },
  {
    name: 'only 100 Continue',
    bytes: 'HTTP/1.1 100 Continue\r\n\r\n',
    expected: failure('reset', /closed the/),
  },
  {
    name: 'another protocol',
    bytes: 'SSH-2.0-OpenSSH_9.6\r\n',
    expected: failure('protocol', /does not begin with/),
  },
  {
    name: 'TLS on a port for HTTP',
    bytes: '\x15\x03\x01\x00\x02\x02\x46',
    expected: failure('protocol', /https:/),
  },
  {
    name: 'an invalid status code',
    bytes: 'HTTP/1.1 2x0 OK\r\n\r\n',
    expected: failure('protocol', /Invalid status code/),
  },
  {
    name: 'an invalid header name',
    bytes: 'HTTP/1.1 200 OK\r\nX A: b\r\n\r\n',
    expected: failure('protocol', /Invalid header/),
  },
  {
    name: 'an invalid Content-Length',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\n',
    expected: failure('protocol', /Content-Length/),
  },
  {
    name: 'two different lengths',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok',
    expected: failure('protocol', /Content-Length/),
  },
  {
    name: 'both a length and chunks',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    expected: failure('protocol', /Transfer-Encoding/),
  },
  {
    name: 'headers over the limit',
    bytes: `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`,
    expected: failure('response-too-large', /16 KiB/),
  },
  {
    name: 'an unrequested protocol switch',
    bytes: 'HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    expected: failure('protocol', /switched protocols/),
  },
]

describe('receiver that closes after its response', () => {
  it.each(closing)('reads $name', async ({ bytes, method, expected }) => {
    await using receiver = await createRawReceiver((socket) => socket.end(bytes, 'latin1'))
    const outcome = await call(receiver.url, method)
    const text = outcome.kind === 'response' ? outcome.body.toString() : undefined
    expect({ brokenOff: undefined, ...outcome, text }).toMatchObject(expected)
  })

  it.each(closing)('reads $name when every byte arrives separately', async ({ bytes, method, expected }) => {
    if (bytes.length > 1000) bytes = bytes.slice(0, 20) + bytes.slice(-17_000)
    await using receiver = await createRawReceiver((socket) => {
      socket.setNoDelay(true)
      const step = bytes.length > 1000 ? 4096 : 1
      const next = (at: number) => {
        if (socket.destroyed) return
        if (at >= bytes.length) return void socket.end()
        socket.write(bytes.slice(at, at + step), 'latin1', () => setImmediate(next, at + step))
      }
      next(0)
    })
    const outcome = await call(receiver.url, method)
    const text = outcome.kind === 'response' ? outcome.body.toString() : undefined
    expect({ brokenOff: undefined, ...outcome, text }).toMatchObject(expected)
  })
})

describe('receiver that ends early', () => {
  it('returns status, headers and bytes when the body is reset', async () => {
    await using receiver = await createRawReceiver((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nX-Id: 7\r\nContent-Length: 9\r\n\r\nhalf', () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      ),
    )
    const outcome = await call(receiver.url)
    expect(outcome).toMatchObject({ statusCode: 200, body: Buffer.from('half'), brokenOff: /reset/ })
    expect(outcome).toHaveProperty('headers', expect.arrayContaining([['X-Id', '7']]))
  })

  it('returns the status when the body is slower than the timeout', async () => {
    await using receiver = await createRawReceiver((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    expect(await call(receiver.url, 'POST', 300)).toMatchObject({
      kind: 'response',
      statusCode: 200,
      brokenOff: 'No complete response within 300 ms',
    })
  })

  it('returns header values byte for byte', async () => {
    await using receiver = await createRawReceiver((socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nX-U: gr\xc3\xbcn\r\nX-L: gr\xfcn\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n',
        'latin1',
      ),
    )
    expect(await call(receiver.url)).toHaveProperty('headers', [
      ['X-U', 'gr\xc3\xbcn'],
      ['X-L', 'gr\xfcn'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ])
  })
})

describe('reused connection', () => {
  /** undici reuses a connection after a full turn of the event loop. */
  const idle = () => sleep(20)
  const keepAlive = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'

  it.each([
    { name: 'resets it', end: (socket: Socket) => socket.resetAndDestroy() },
    { name: 'closes it', end: (socket: Socket) => socket.end() },
  ])('retries once on a new connection when the receiver $name', async ({ end }) => {
    await using receiver = await createRawReceiver((socket, request) =>
      request === 1 ? socket.write(keepAlive) : end(socket),
    )
    expect(await call(receiver.url)).toMatchObject({ statusCode: 200 })
    await idle()
    expect(await call(receiver.url)).toMatchObject({ statusCode: 200, body: Buffer.from('ok') })
    expect(receiver.connections()).toBe(2)
  })

  it('fails when the new connection is reset too', async () => {
    await using receiver = await createRawReceiver((socket, request, connection) =>
      connection === 1 && request === 1 ? socket.write(keepAlive) : socket.resetAndDestroy(),
    )
    await call(receiver.url)
    await idle()
    expect(await call(receiver.url)).toMatchObject({ kind: 'failure', outcome: 'reset' })
    expect(receiver.connections()).toBe(2)
  })

  it('fails without a retry when part of the response was received', async () => {
    await using receiver = await createRawReceiver((socket, request) => {
      if (request === 1) socket.write(keepAlive)
      else socket.write('HTTP/1.1 2', () => setTimeout(() => socket.resetAndDestroy(), 50))
    })
    await call(receiver.url)
    await idle()
    expect(await call(receiver.url)).toMatchObject({ kind: 'failure', outcome: 'reset' })
    expect(receiver.connections()).toBe(1)
  })

  it('fails without a retry when the first request of a connection is reset', async () => {
    await using receiver = await createRawReceiver((socket) => socket.resetAndDestroy())
    expect(await call(receiver.url)).toMatchObject({ kind: 'failure', outcome: 'reset' })
    expect(receiver.connections()).toBe(1)
  })

  it('reuses the connection after an unrequested 100 Continue', async () => {
    await using receiver = await createRawReceiver((socket) =>
      socket.write(`HTTP/1.1 100 Continue\r\n\r\n${keepAlive}`),
    )
    for (let n = 0; n < 3; n++) {
      expect(await call(receiver.url)).toMatchObject({ statusCode: 200 })
      await idle()
    }
    expect(receiver.connections()).toBe(1)
  })
})
