import { randomBytes } from 'node:crypto'
import { createQueues } from '@whook/shared/server/queues'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { keepSchedules } from './keep-schedules.js'

const redisUrl = process.env['REDIS_URL']
const logger = { warn: vi.fn(), error: vi.fn() }
const hour = 3_600_000
const everyMs = { compact: 300, partitions: hour, retention: hour, purge: hour }

describe.runIf(redisUrl)('schedules in Redis', () => {
  it('are made again when a flush took them, and left alone while they are there', async () => {
    const prefix = `test-${randomBytes(6).toString('hex')}`
    const queues = createQueues({ databaseUrl: '', redisUrl, logger, prefix })
    onTestFinished(queues.close)
    const schedule = vi.spyOn(queues, 'schedule')
    const ran: string[] = []
    queues.process('maintenance', 1, async ({ data }) => void ran.push(data.task))
    const schedules = keepSchedules({ queues, everyMs, lookEveryMs: 100, logger })
    onTestFinished(schedules.stop)
    const compacted = () => ran.filter((task) => task === 'compact').length
    await expect.poll(compacted, { timeout: 20_000 }).toBeGreaterThan(3)
    expect(schedule).toHaveBeenCalledTimes(4)

    const redis = new Redis(redisUrl!)
    onTestFinished(async () => void (await redis.quit()))
    const before = ran.length
    await redis.del(await redis.keys(`${prefix}:*`))
    await expect.poll(() => ran.slice(before), { timeout: 20_000 }).toContain('partitions')
    const again = ran.lastIndexOf('partitions')
    await expect.poll(() => ran.slice(again), { timeout: 20_000 }).toContain('compact')
  })
})
