import { once } from 'node:events'
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net'
import postgres from 'postgres'
import { expect, inject, it, vi } from 'vitest'
import { createListener } from './postgres-listener.js'

const waiting = { timeout: 20_000 }

/** A proxy to PostgreSQL that can silently drop all responses. */
async function startForgetful(target: URL) {
  const pairs: [Socket, Socket][] = []
  const server = createServer((client) => {
    const upstream = dial(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.pipe(upstream).pipe(client)
    pairs.push([upstream, client])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    forget: () => pairs.splice(0).forEach(([upstream, client]) => upstream.unpipe(client)),
    close: () => server.close(),
  }
}

it('replaces a listener without heartbeats, and calls gap', async () => {
  const direct = inject('postgresUrl')
  const way = await startForgetful(new URL(direct))
  const speaker = postgres(direct, { max: 1 })
  const [onMessage, gap] = [vi.fn(), vi.fn()]
  const say = async (text: string) => void (await speaker`select pg_notify('forgetful', ${text})`)
  const listener = createListener({
    open: () => postgres(way.url, { max: 1, onnotice: () => {} }),
    channel: 'forgetful',
    beat: say,
    onMessage,
    gap,
    logger: { warn: () => {} },
    beatEveryMs: 50,
    silentMsMax: 2000,
  })
  await listener.ready
  await say('before')
  await vi.waitFor(() => expect(onMessage.mock.calls).toEqual([['before']]), waiting)

  const gaps = gap.mock.calls.length
  way.forget()
  await vi.waitFor(() => expect(gap.mock.calls.length).toBeGreaterThan(gaps), waiting)
  await say('after')
  await vi.waitFor(() => expect(onMessage.mock.calls).toEqual([['before'], ['after']]), waiting)

  await listener.close()
  await speaker.end()
  way.close()
})
