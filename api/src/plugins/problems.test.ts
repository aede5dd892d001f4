import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { createTestDatabase } from '@whook/testing/test-database'
import { expect, it, vi } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

it('returns 503 with Retry-After while PostgreSQL is down, then 200', async () => {
  await using database = await createTestDatabase()
  await using wire = await openWire(database.url)
  const key = 'the bootstrap API key of this test, not secret'
  await using test = await buildTestApp({ DATABASE_URL: wire.url, WHOOK_API_KEY: key })
  const list = () => test.app.inject({ url: '/api/v1/webhooks', headers: { authorization: `Bearer ${key}` } })
  expect((await list()).statusCode).toBe(200)

  await wire.cut()
  const refused = await list()
  expect(refused.json()).toMatchObject({ status: 503, code: 'unavailable' })
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(refused.body).not.toContain(wire.port)

  await wire.mend()
  await vi.waitFor(async () => expect((await list()).statusCode).toBe(200), {
    timeout: 20_000,
    interval: 200,
  })
})

it('returns 415 for a body without JSON content type; an empty body needs none', async () => {
  await using test = await buildTestApp()
  const authorization = `Bearer ${await test.as('ann').key()}`
  const post = (url: string, type: string, payload: string) =>
    test.app.inject({ method: 'POST', url, payload, headers: { authorization, 'content-type': type } })
  for (const type of ['text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded']) {
    expect((await post('/api/v1/webhooks', type, '{"name":"a"}')).json()).toMatchObject({
      status: 415,
      code: 'content-type-unsupported',
    })
  }
  const { id } = (await post('/api/v1/webhooks', 'application/json', '{"name":"a"}')).json<{ id: string }>()
  const rotated = await post(`/api/v1/webhooks/${id}/rotate-url`, 'application/json', '')
  expect(rotated.statusCode).toBe(200)
})

/** Opens a port that forwards to PostgreSQL until the test cuts it. */
async function openWire(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const { hostname, port: target } = url
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target), hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('close', () => to.destroy()).on('error', () => to.destroy())
    }
  })
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  await listen(0)
  const { port } = server.address() as AddressInfo
  url.host = `127.0.0.1:${port}`
  const cut = () =>
    new Promise<void>((done) => {
      server.close(() => done())
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    })
  return { url: url.href, port: String(port), cut, mend: () => listen(port), [Symbol.asyncDispose]: cut }
}
