import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { startCrashablePostgres } from '@whook/testing/product/crashable-postgres'
import { startProduct } from '@whook/testing/product/start-product'
import { startRedis } from '@whook/testing/product/start-redis'

const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function startAll({ withRedis, redisAway = false }: { withRedis: boolean; redisAway?: boolean }) {
  const database = await startCrashablePostgres()
  cleanups.push(database.stop)
  const redis = withRedis ? (await startRedis({ appendfsync: 'always' }))! : undefined
  if (redis) cleanups.push(redis.stop)
  if (redisAway) await redis!.kill()
  const product = await startProduct({
    databaseUrl: database.url,
    redisUrl: redis?.url,
    env: { LOG_LEVEL: 'fatal' },
  })
  cleanups.push(product.stop)
  const { id, slug } = await product.call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', {
    name: 'x',
  })

  async function post() {
    const startedAt = performance.now()
    const answer = await request(`http://127.0.0.1:${product.ports[0]}/${slug}`, {
      method: 'POST',
      body: 'x',
    })
    await answer.body.dump()
    return {
      status: answer.statusCode,
      retryAfter: answer.headers['retry-after'],
      ms: performance.now() - startedAt,
    }
  }
  /** Posts requests one after the other. Returns the responses. */
  async function postMany(count: number) {
    const answers = []
    for (let index = 0; index < count; index++) answers.push(await post())
    return answers
  }
  const readiness = async () => {
    const answer = await request(`http://127.0.0.1:${product.ports[0]}/readyz`)
    return [answer.statusCode, ((await answer.body.json()) as { status: string }).status]
  }
  const stored = async () =>
    (await product.call<{ ledger: { stored: number } }>('GET', `/api/v1/webhooks/${id}/stats`)).ledger.stored
  expect((await post()).status).toBe(202)
  return { database, redis: redis!, product, post, postMany, stored, readiness }
}

const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status)
const recovery = { timeout: 10_000, interval: 100 }

// A machine busy with other suites may be slow once, but not twice.
const patience = { timeout: 90_000, retry: 1 }

describe('outage of PostgreSQL without Redis', patience, () => {
  it.each(['dead', 'silent'] as const)(
    'returns 503 with Retry-After while PostgreSQL is %s, then accepts again',
    async (away) => {
      const { database, product, post, postMany, stored } = await startAll({ withRedis: false })
      const pid = product.apis[0]!.pid
      if (away === 'dead') await database.kill()
      else database.wire.setMode('blackhole')

      const answers = await postMany(8)
      expect(statuses(answers)).toEqual(answers.map(() => 503))
      expect(answers.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true)
      expect(
        answers.every(({ ms }) => ms < 2500),
        JSON.stringify(answers),
      ).toBe(true)

      if (away === 'dead') await database.start()
      else database.wire.setMode('pass')
      await expect.poll(async () => (await post()).status, recovery).toBe(202)
      expect(product.apis[0]!.pid).toBe(pid)
      expect(product.apis[0]!.exitCode).toBeNull()
      await expect.poll(stored, recovery).toBe(2)
    },
  )

  it('finds webhooks in the cache after their time to live', async () => {
    const { database, postMany } = await startAll({ withRedis: false })
    await sleep(31_000)
    database.wire.setMode('blackhole')
    const answers = await postMany(3)
    expect(statuses(answers)).toEqual([503, 503, 503])
    expect(
      answers.every(({ ms }) => ms < 2500),
      JSON.stringify(answers),
    ).toBe(true)
  })
})

describe.runIf(probe)('outage with Redis', patience, () => {
  it('accepts into PostgreSQL while Redis is down', async () => {
    const { redis, postMany, stored, readiness } = await startAll({ withRedis: true })
    expect(await readiness()).toEqual([200, 'ready'])
    await redis.kill()
    expect(statuses(await postMany(5))).toEqual([202, 202, 202, 202, 202])
    expect(await readiness()).toEqual([200, 'degraded'])
    await redis.start()
    expect(statuses(await postMany(5))).toEqual([202, 202, 202, 202, 202])
    await expect.poll(stored, { timeout: 30_000 }).toBe(11)
  })

  it('starts while Redis is down and uses the queue when Redis is up again', async () => {
    const { post, postMany, stored, readiness, redis } = await startAll({ withRedis: true, redisAway: true })
    expect(statuses(await postMany(5))).toEqual([202, 202, 202, 202, 202])
    expect(await readiness()).toEqual([200, 'degraded'])
    await expect.poll(stored, recovery).toBe(6)
    await redis.start()
    await expect.poll(readiness, recovery).toEqual([200, 'ready'])
    expect((await post()).status).toBe(202)
    await expect.poll(stored, { timeout: 30_000 }).toBe(7)
  })

  it('accepts into the queue while PostgreSQL is down and stores it afterwards', async () => {
    const { database, postMany, stored, readiness } = await startAll({ withRedis: true })
    await database.kill()
    expect(statuses(await postMany(5))).toEqual([202, 202, 202, 202, 202])
    expect(await readiness()).toEqual([200, 'degraded'])
    await database.start()
    await expect.poll(() => stored().catch(() => 0), { timeout: 40_000 }).toBe(6)
  })

  it('returns 503 when both are down and accepts again when one is up', async () => {
    const { database, redis, post, postMany, readiness } = await startAll({ withRedis: true })
    await Promise.all([database.kill(), redis.kill()])
    expect(statuses(await postMany(3))).toEqual([503, 503, 503])
    expect(await readiness()).toEqual([503, 'not-ready'])
    await redis.start()
    await expect.poll(async () => (await post()).status, recovery).toBe(202)
    await database.start()
  })
})
