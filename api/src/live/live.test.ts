import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { buildTestApp } from '../testing/build-test-app.js'
import { seedBelongings } from '../testing/seed-belongings.js'
import { createHub } from './hub.js'

type Frame = { hello?: object; messages?: { type: string }[]; gap?: true }

async function listening() {
  const test = await buildTestApp()
  await test.app.listen({ host: '127.0.0.1', port: 0 })
  const port = (test.app.server.address() as AddressInfo).port
  const open = (headers: Record<string, string>) => {
    const socket = new WebSocket(`ws://localhost:${port}/ws`, { headers })
    const frames: Frame[] = []
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame))
    const status = new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101))
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
      socket.on('error', () => {})
    })
    return { socket, frames, status }
  }
  return { ...test, port, open }
}

describe('GET /ws', () => {
  it('sends a live message only to the owner when a webhook is created', async () => {
    await using test = await listening()
    const ann = test.open({ authorization: `Bearer ${await test.as('ann').key()}` })
    const bob = test.open({ authorization: `Bearer ${await test.as('bob').key()}` })
    expect([await ann.status, await bob.status]).toEqual([101, 101])
    await test.as('ann').post('/api/v1/webhooks', { name: 'hers' })
    await vi.waitFor(
      () =>
        expect(ann.frames.flatMap(({ messages }) => messages ?? [])).toMatchObject([
          { type: 'webhook.created' },
        ]),
      { timeout: 20_000 },
    )
    expect(bob.frames[0]).toEqual({ hello: expect.anything() })
    expect(bob.frames.flatMap(({ messages }) => messages ?? [])).toEqual([])
    for (const { socket } of [ann, bob]) socket.terminate()
  })

  it.each([
    { name: 'no credentials', headers: {}, status: 401 },
    { name: 'no credentials from our own page', headers: { origin: 'http://localhost:5000' }, status: 401 },
    { name: 'no credentials from a foreign page', headers: { origin: 'https://evil.example' }, status: 401 },
    { name: 'a wrong key', headers: { authorization: 'Bearer whk_wrong' }, status: 401 },
  ])('returns $status when the client has $name', async ({ headers, status }) => {
    await using test = await listening()
    expect(await test.open(headers as Record<string, string>).status).toBe(status)
  })

  it('accepts an API key from any origin, but a session only from our own', async () => {
    await using test = await listening()
    const { session, keys } = await seedBelongings(test)
    const from = (headers: Record<string, string>, origin?: string) =>
      test.open({ ...headers, ...(origin && { origin }) })
    const sockets = [
      from(keys.read, 'https://tools.example'),
      from(session, 'http://localhost:5000'),
      from(session, 'https://evil.example'),
      from(session),
    ]
    const answers = await Promise.all(sockets.map(({ status }) => status))
    expect(answers).toEqual([101, 101, 403, 403])
    for (const { socket } of sockets) socket.terminate()
  })

  it('closes the sockets of a user when the sessions are revoked', async () => {
    await using test = await listening()
    const ann = test.open({ authorization: `Bearer ${await test.as('ann').key()}` })
    await ann.status
    const closed = new Promise<number>((resolve) => ann.socket.on('close', resolve))
    await test.app.liveBus.control({ type: 'user.sessions-revoked', userId: await test.as('ann').userId() })
    expect(await closed).toBe(4001)
  })
})

describe('createHub', () => {
  const slowSocket = () => ({
    bufferedAmount: 0,
    sent: [] as Frame[],
    send(text: string) {
      this.sent.push(JSON.parse(text) as Frame)
    },
    close: vi.fn(),
  })
  const message = { type: 'webhook.deleted', webhookId: 'w' } as const

  it('sends one frame when messages are published together', async () => {
    const hub = createHub({ gatherMs: 5 })
    const socket = slowSocket()
    hub.join('ann', socket)
    for (let i = 0; i < 10; i++) hub.publish('ann', JSON.stringify(message))
    await vi.waitFor(() => expect(socket.sent).toHaveLength(1))
    expect(socket.sent[0]!.messages).toHaveLength(10)
  })

  it('sends a gap instead of the missed messages when a slow socket is empty again', async () => {
    const hub = createHub({ gatherMs: 1, bufferedBytesMax: 100 })
    const socket = slowSocket()
    hub.join('ann', socket)
    socket.bufferedAmount = 101
    hub.publish('ann', JSON.stringify(message))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(socket.sent).toEqual([])
    socket.bufferedAmount = 0
    hub.publish('ann', JSON.stringify(message))
    await vi.waitFor(() => expect(socket.sent).toEqual([{ gap: true }]))
    hub.publish('ann', JSON.stringify(message))
    await vi.waitFor(() => expect(socket.sent.at(-1)).toEqual({ messages: [message] }))
  })

  it('sends empty frames, and a gap to a slow socket, when nothing is published', async () => {
    const hub = createHub({ gatherMs: 1, bufferedBytesMax: 100 })
    const [quick, slow] = [slowSocket(), slowSocket()]
    hub.join('ann', quick)
    hub.join('ann', slow)
    slow.bufferedAmount = 101
    hub.beat()
    slow.bufferedAmount = 0
    hub.beat()
    expect(quick.sent).toEqual([{ messages: [] }, { messages: [] }])
    expect(slow.sent).toEqual([{ gap: true }])
  })

  it("closes the user's oldest socket when there are too many", () => {
    const hub = createHub({ socketsPerUserMax: 2 })
    const sockets = [slowSocket(), slowSocket(), slowSocket()]
    for (const socket of sockets) hub.join('ann', socket)
    expect(sockets.map(({ close }) => close.mock.calls.length)).toEqual([1, 0, 0])
    expect(hub.size).toBe(2)
  })
})
