import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@whook/testing/test-database'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { IngestRequestsJob } from '@whook/shared'
import { migrateQueues } from './postgres.js'
import { createQueues, UnreadableJobError, type Queues } from './queues.js'

const redisUrl = process.env['REDIS_URL']
const logger = { warn: vi.fn() }
const waiting = { timeout: 20_000 }
const job = (number: number): IngestRequestsJob => ({ instanceId: 'i', number, refused: [], requests: [] })

describe.each([
  { name: 'postgres', available: true },
  { name: 'redis', available: Boolean(redisUrl) },
])('queues on $name', ({ name, available }) => {
  const cleanups: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function open(): Promise<Queues> {
    const database = await createTestDatabase()
    cleanups.push(database.drop)
    if (name === 'postgres') await migrateQueues(database.url)
    const queues = createQueues({
      databaseUrl: database.url,
      redisUrl: name === 'redis' ? redisUrl : undefined,
      logger,
      prefix: `test-${randomBytes(6).toString('hex')}`,
    })
    cleanups.push(queues.close)
    return queues
  }

  it.runIf(available)('passes every job to a consumer with an unchanged payload', async () => {
    const queues = await open()
    const seen: number[] = []
    queues.process('ingest', 5, async ({ data }) => void seen.push(data.number))
    await queues.addBulk(
      'ingest',
      [1, 2, 3].map((number) => ({ data: job(number) })),
    )
    await vi.waitFor(() => expect([...seen].sort()).toEqual([1, 2, 3]), { timeout: 10_000 })
  })

  it.runIf(available)('retries a failed job until it succeeds', async () => {
    const queues = await open()
    let tries = 0
    queues.process('ingest', 1, async () => {
      if (++tries < 3) throw new Error('not yet')
    })
    await queues.addBulk('ingest', [{ data: job(1) }])
    await vi.waitFor(() => expect(tries).toBe(3), { timeout: 15_000 })
  })

  it.runIf(available)('returns the number of waiting jobs', async () => {
    const queues = await open()
    await queues.addBulk('ingest', [{ data: job(1) }, { data: job(2) }])
    expect(await queues.depth('ingest')).toBe(2)
  })

  it.runIf(available)('keeps an unreadable job until another version stores it', async () => {
    const queues = await open()
    const tries: number[] = []
    queues.process('ingest', 1, async ({ attemptsMade }) => {
      tries.push(attemptsMade)
      if (tries.length === 1) throw new UnreadableJobError('of another version')
    })
    await queues.addBulk('ingest', [{ data: job(1) }])
    await vi.waitFor(() => expect(tries).toEqual([0]), waiting)
    // The job is not retried before its five minutes are over, except by retryNow.
    await sleep(2000)
    expect([tries.length, await queues.depth('ingest')]).toEqual([1, 1])
    await queues.retryNow('ingest')
    await vi.waitFor(() => expect(tries).toEqual([0, 1]), waiting)
    await vi.waitFor(async () => expect(await queues.depth('ingest')).toBe(0), waiting)
  })

  it.runIf(available)('retries a job that an earlier version moved to the failed ones', async () => {
    const queues = await open()
    let tries = 0
    queues.process('ingest', 1, async () => {
      if (++tries === 1) throw Object.assign(new Error('set aside'), { name: 'UnrecoverableError' })
    })
    await queues.addBulk('ingest', [{ data: job(1) }])
    await vi.waitFor(async () => expect([tries, await queues.depth('ingest')]).toEqual([1, 0]), waiting)
    await queues.retryNow('ingest')
    await vi.waitFor(() => expect(tries).toBe(2), waiting)
  })

  it.runIf(available)('retries a job of a failed worker with a clock 100 days ahead', async () => {
    const queues = await open()
    onTestFinished(() => void vi.useRealTimers())
    let tries = 0
    queues.process('ingest', 1, async () => {
      if (++tries > 1) return
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 100 * 86_400_000 })
      throw new Error('not yet')
    })
    await queues.addBulk('ingest', [{ data: job(1) }])
    await vi.waitFor(() => expect(tries).toBe(1), waiting)
    await sleep(500)
    vi.useRealTimers()
    await sleep(2000)
    expect(tries).toBe(1)
    await queues.retryNow('ingest')
    await vi.waitFor(() => expect(tries).toBe(2), waiting)
  })
})

describe('queues when PostgreSQL ends connections', () => {
  it('survives terminated connections during open, and works afterwards', async () => {
    await using database = await createTestDatabase()
    await migrateQueues(database.url)
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const open = () => createQueues({ databaseUrl: database.url, redisUrl: undefined, logger, prefix })

    let striking = true
    const strike = async () => {
      while (striking)
        await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name like 'whook queue%'`
    }
    const strikes = strike()
    for (let round = 0; round < 10; round++) {
      const queues = open()
      queues.process('ingest', 1, async () => {})
      await queues.depth('ingest').catch(() => {})
      await queues.close()
    }
    striking = false
    await strikes

    const queues = open()
    const seen: number[] = []
    queues.process('ingest', 1, async ({ data }) => void seen.push(data.number))
    await queues.addBulk('ingest', [{ data: job(1) }])
    await vi.waitFor(() => expect(seen).toEqual([1]), { timeout: 20_000 })
    await queues.close()
  }, 60_000)
})

describe('queues without a server', () => {
  it.each([
    { redisUrl: 'redis://127.0.0.1:1', databaseUrl: 'postgres://a:b@127.0.0.1:1/x' },
    { redisUrl: undefined, databaseUrl: 'postgres://a:b@127.0.0.1:1/x' },
  ])('rejects instead of waiting forever ($redisUrl)', async (options) => {
    const queues = createQueues({ ...options, logger, addTimeoutMs: 500 })
    await expect(queues.addBulk('ingest', [{ data: job(1) }])).rejects.toThrow()
    await queues.close()
  })
})
