import { createPostgresBackend, runMigrations, withBackend } from 'bullmq'
import pg from 'pg'
import type { QueueName } from '../../src/jobs.js'
import type { AnyQueue, AnyWorker, QueueBackend } from './queue-backend.js'

const { Queue, Worker } = withBackend(createPostgresBackend)
const schema = 'bullmq'

/** BullMQ on the same PostgreSQL as everything else: durable when committed. */
export function postgresQueueBackend(databaseUrl: string, prefix = 'whook'): QueueBackend {
  const newPool = (max: number, name: string) => {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max,
      application_name: `whook queue ${name}`,
      connectionTimeoutMillis: 2000,
      keepAlive: true,
      options: `-c search_path=${schema}`,
    })
    // An idle connection that drops is replaced at the next use; without a listener it would end the process.
    pool.on('error', () => {})
    pools.push(pool)
    return pool
  }
  const pools: pg.Pool[] = []
  let producers: pg.Pool | undefined
  let queues = new Map<QueueName, AnyQueue>()

  return {
    async queue(name) {
      producers ??= newPool(3, 'producer')
      const known = queues.get(name)
      if (known) return known
      const queue = new Queue(name, { connection: producers, prefix })
      queue.on('error', () => {})
      try {
        await queue.waitUntilReady()
      } catch (error) {
        // BullMQ remembers a failed first connection for good; a new queue asks again.
        await queue.close()
        throw error
      }
      queues.set(name, queue as unknown as AnyQueue)
      return queue as unknown as AnyQueue
    },
    worker: (name, processor, options) =>
      new Worker(name, processor, {
        ...options,
        connection: newPool(Math.min(options.concurrency ?? 1, 4) + 2, name),
        prefix,
      }) as unknown as AnyWorker,
    durability: async () => ({ durable: true, detail: 'PostgreSQL commits before every answer' }),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()))
      queues = new Map()
      await Promise.all(pools.map((pool) => pool.end()))
    },
  }
}

/** Brings BullMQ's own tables up to date. BullMQ locks them itself, so several processes may call it at once. */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await runMigrations(client, schema)
  } finally {
    await client.end()
  }
}
