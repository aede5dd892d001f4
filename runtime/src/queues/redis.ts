import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import type { QueueName } from '@whook/shared/jobs'
import type { Durability } from './queues.js'
import type { AnyQueue, QueueBackend } from './queue-backend.js'

/** BullMQ on Redis or Valkey >= 6.2. Producers fail at once while the server is away; consumers wait for it. */
export function redisQueueBackend(url: string, prefix = 'whook'): QueueBackend {
  const producer = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 2000,
    // A connection that somebody between forgot gives no error, only silence.
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
        // Longer than BullMQ waits for a job in one command.
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

/** A Redis without its append-only file, or one that may evict, loses what it acknowledged. */
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
    return { durable: false, detail: `Redis does not tell its settings: ${(error as Error).message}` }
  }
}
