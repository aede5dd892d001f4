import type { CapturedRequest, IngestRequestsJob } from '@whook/shared'
import { createQueues } from '@whook/runtime/queues/queues'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startRedis } from '@whook/testing/product/start-redis'
import { flushLosses, flushQueue, type QueueFlush } from './flush-queue.js'

const logger = { warn: () => {} }
const probe = await startRedis({ appendfsync: 'always' })
await probe?.stop()

const job = (number: number): { data: IngestRequestsJob } => ({
  data: {
    instanceId: 'i',
    number,
    refused: [],
    requests: [{ text: JSON.stringify({ nonce: `n${number}` }) } as CapturedRequest],
  },
})

describe.runIf(probe)('flushQueue', () => {
  it('returns the requests it removed, and later jobs are processed', async () => {
    const redis = (await startRedis({ appendfsync: 'always' }))!
    onTestFinished(redis.stop)
    const queues = createQueues({ databaseUrl: '', redisUrl: redis.url, logger })
    onTestFinished(queues.close)
    const begun: number[] = []
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    queues.process('ingest', 2, async ({ data }) => {
      begun.push(data.number)
      if (data.number < 3) await held
    })
    await queues.addBulk('ingest', [job(1), job(2), job(3)])
    await expect.poll(() => begun, { timeout: 20_000 }).toEqual([1, 2])

    const flush = await flushQueue(redis.url)
    expect(flush.held.toSorted()).toEqual(['n1', 'n2', 'n3'])
    expect(await queues.depth('ingest')).toBe(0)

    // These jobs get the ids of the first jobs: a worker must not confuse them.
    await queues.addBulk('ingest', [job(4), job(5), job(6)])
    letGo()
    await expect.poll(() => begun, { timeout: 20_000 }).toEqual([1, 2, 4, 5, 6])
    await expect.poll(() => queues.depth('ingest'), { timeout: 20_000 }).toBe(0)
  })
})

describe('flushLosses', () => {
  it('returns removed, acknowledged and not stored requests with their age', () => {
    const flushes: QueueFlush[] = [
      { at: 1000, held: ['stored', 'old', 'unanswered'] },
      { at: 5000, held: ['young'] },
    ]
    const acknowledged = new Map([
      ['stored', 100],
      ['old', 400],
      ['young', 4900],
      ['after', 6000],
    ])
    expect(flushLosses(flushes, { acknowledged }, new Set(['stored', 'after']))).toEqual({
      held: 3,
      lost: 2,
      medianMs: 350,
      oldestMs: 600,
      each: [
        { lost: 1, oldestMs: 600 },
        { lost: 1, oldestMs: 100 },
      ],
    })
  })
})
