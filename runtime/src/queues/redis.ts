import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { QueueName } from '@whook/shared/jobs'
import type { AnyQueue, Durability, QueueBackend } from './queue-backend.js'

/** BullMQ on Redis or Valkey >= 6.2. While the server is unavailable, producers fail immediately and consumers wait. */
export function redisQueueBackend(url: string, prefix = 'whook'): QueueBackend {
  const producer = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 2000,
    // A connection dropped by a proxy or firewall causes no error, only silence.
    socketTimeout: 3000,
    retryStrategy: (times) => Math.min(times * 100, 1000),
  })
  const swallow = () => {}
  producer.on('error', swallow)
  const queues = new Map<QueueName, Queue>()
  const consumers: Redis[] = []

  return {
    async queue(name) {
      const known =
        queues.get(name) ?? new Queue(name, { connection: producer, prefix, skipVersionCheck: true })
      if (!queues.has(name)) known.on('error', swallow)
      queues.set(name, known)
      return known as AnyQueue
    },
    worker(name, processor, options) {
      const connection = new Redis(url, {
        maxRetriesPerRequest: null,
        connectTimeout: 5000,
        // Longer than the blocking command with which BullMQ waits for a job.
        socketTimeout: 30_000,
      })
      connection.on('error', swallow)
      consumers.push(connection)
      return new Worker(name, processor, { ...options, connection, prefix })
    },
    durability: () => redisDurability(producer),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      for (const connection of [producer, ...consumers]) connection.disconnect()
    },
  }
}

/** Redis without an append-only file, or with eviction, can lose acknowledged jobs. */
async function redisDurability(redis: Redis): Promise<Durability> {
  const read = async (name: string) => {
    const answer = (await redis.config('GET', name)) as string[]
    return answer[1] ?? 'unknown'
  }
  try {
    const [appendonly, fsync, policy] = await Promise.all(
      ['appendonly', 'appendfsync', 'maxmemory-policy'].map(read),
    )
    const durable = appendonly === 'yes' && fsync !== 'no' && policy === 'noeviction'
    return {
      durable,
      detail: `Redis appendonly ${appendonly}, appendfsync ${fsync}, maxmemory-policy ${policy}`,
    }
  } catch (error) {
    return { durable: false, detail: `The settings of Redis cannot be read: ${(error as Error).message}` }
  }
}
