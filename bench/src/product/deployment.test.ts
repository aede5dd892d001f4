import { randomBytes } from 'node:crypto'
import { createTestDatabase } from '@whook/testing/test-database'
import { ensureBuilt } from '@whook/testing/ensure-built'
import { request } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createSink, status } from '@whook/testing/sink'
import { checkHealth } from '@whook/testing/product/compose-service'
import { realCalls } from '@whook/testing/product/real-calls'
import { startDeployment, type Deployment } from '@whook/testing/product/start-deployment'
import { freePort, startRedis } from '@whook/testing/product/start-redis'

const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

interface Frame {
  messages?: { type: string; request?: { id: string } }[]
}
const waiting = { timeout: 60_000, interval: 100 }

describe.each([
  {
    size: 'PostgreSQL and Redis, two api, two worker',
    processes: 2,
    withRedis: true,
    available: Boolean(probe),
  },
  { size: 'PostgreSQL only, one api, one worker', processes: 1, withRedis: false, available: true },
])('services of docker-compose.yml: $size', { timeout: 90_000 }, ({ processes, withRedis, available }) => {
  if (!available) return void it.skip('has no redis-server on the PATH')

  const key = randomBytes(24).toString('hex')
  const cleanups: (() => Promise<unknown>)[] = []
  let deployment: Deployment
  /** The port of the last api: it must know the changes made through the first one. */
  const last = () => deployment.ports.at(-1)!

  beforeAll(async () => {
    await ensureBuilt()
    const database = await createTestDatabase({ empty: true })
    cleanups.push(database.drop)
    const redis = withRedis ? await startRedis({ appendfsync: 'always' }) : undefined
    if (redis) cleanups.push(redis.stop)
    deployment = await startDeployment({
      databaseUrl: database.url,
      redisUrl: redis?.url,
      processes,
      env: { WHOOK_API_KEY: key },
    })
    cleanups.push(deployment.stop)
  }, 120_000)
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })

  async function rest<T>(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    body?: object,
    port = deployment.ports[0]!,
  ): Promise<T> {
    const answer = await request(`http://localhost:${port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    })
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${await answer.body.text()}`)
    return (await answer.body.json()) as T
  }
  const createWebhook = () => rest<{ id: string; slug: string }>('POST', '/webhooks', { name: 'real' })

  async function post(port: number, slug: string) {
    const answer = await request(`http://127.0.0.1:${port}/${slug}`, { method: 'POST', body: 'x' })
    await answer.body.dump()
    return answer.statusCode
  }

  it('migrates an empty database and passes the health checks of the containers', async () => {
    const { migrated, ports, metricsPorts } = deployment
    expect(migrated).toEqual({ code: 0, output: 'The database is up to date.\n' })
    expect(await Promise.all(ports.map((port) => checkHealth('api', port)))).toEqual(ports.map(() => 0))
    expect(await Promise.all(metricsPorts.map((port) => checkHealth('worker', port)))).toEqual(
      ports.map(() => 0),
    )
    expect(await checkHealth('api', await freePort())).toBe(1)
  })

  it('stores, announces and delivers real requests byte for byte', async () => {
    await using good = await createSink()
    await using shaky = await createSink((_, response) => {
      if (shaky.seen.length <= 2) status(500)(_, response, response.req)
      else response.end('ok')
    })
    const webhook = await createWebhook()
    const retry = { strategy: 'list', delaysSeconds: [1], jitter: 0 }
    for (const { url } of [good, shaky]) {
      await rest('POST', `/webhooks/${webhook.id}/destinations`, { name: 'sink', url, retry })
    }
    const heard = new Set<string>()
    const socket = new WebSocket(`ws://localhost:${last()}/ws`, {
      headers: { authorization: `Bearer ${key}` },
    })
    socket.on('message', (data) => {
      for (const { type, request } of (JSON.parse(String(data)) as Frame).messages ?? [])
        if (type === 'request.stored') heard.add(request!.id)
    })
    await new Promise((resolve) => socket.once('open', resolve))

    const calls = realCalls()
    const ids: string[] = []
    for (const [index, { method, target, headers, body }] of calls.entries()) {
      const port = deployment.ports[index % processes]
      const answer = await request(`http://127.0.0.1:${port}/${webhook.slug}${target}`, {
        method: method as 'POST',
        headers,
        body,
      })
      expect(answer.statusCode).toBe(202)
      ids.push(((await answer.body.json()) as { id: string }).id)
    }

    await expect.poll(() => [...heard].sort(), waiting).toEqual([...ids].sort())
    socket.terminate()
    for (const [index, { name, method, target, headers, body }] of calls.entries()) {
      const stored = await rest<{
        method: string
        path: string
        query: string
        headers: [string, string][]
      }>('GET', `/requests/${ids[index]}`, undefined, last())
      const [path, query = ''] = target.split('?')
      expect(stored, name).toMatchObject({ method, path, query })
      expect(stored.headers, name).toEqual(expect.arrayContaining(Object.entries(headers)))
      const kept = await request(`http://localhost:${last()}/api/v1/requests/${ids[index]}/body`, {
        headers: { authorization: `Bearer ${key}` },
      })
      const bytes = Buffer.from(await kept.body.arrayBuffer())
      expect(bytes.equals(body ?? Buffer.alloc(0)), name).toBe(true)
    }

    const settled = async () =>
      (await rest<{ ledger: object }>('GET', `/webhooks/${webhook.id}/stats`)).ledger
    await expect.poll(settled, waiting).toMatchObject({
      accepted: calls.length,
      stored: calls.length,
      delivered: 2 * calls.length,
      pending: 0,
      unaccounted: 0,
    })
    expect(shaky.seen).toHaveLength(calls.length + 2)
    for (const { name, body } of calls) {
      for (const sink of [good, shaky])
        expect(
          sink.seen.some((seen) => seen.body.equals(body ?? Buffer.alloc(0))),
          name,
        ).toBe(true)
    }
  })

  it('disables, pauses and moves a webhook on every api immediately', async () => {
    const webhook = await createWebhook()
    const change = (body: object) => rest('PATCH', `/webhooks/${webhook.id}`, body)
    // Less than the 30 s time to live of the webhook cache.
    const soon = { timeout: 5000, interval: 20 }
    expect(await post(last(), webhook.slug)).toBe(202)
    await change({ status: 'disabled' })
    await expect.poll(() => post(last(), webhook.slug), soon).toBe(410)
    await change({ status: 'paused' })
    await expect.poll(() => post(last(), webhook.slug), soon).toBe(202)
    const moved = await rest<{ slug: string }>('POST', `/webhooks/${webhook.id}/rotate-url`)
    await expect.poll(() => post(last(), webhook.slug), soon).toBe(404)
    expect(await post(last(), moved.slug)).toBe(202)
  })

  it('exits with 0 when the container is stopped', async () => {
    const { services } = deployment
    for (const service of services) service.signal('SIGTERM')
    const ends = await Promise.all(services.map(({ ended }) => ended))
    expect(ends.map(({ code }) => code)).toEqual(services.map(() => 0))
  })
})
