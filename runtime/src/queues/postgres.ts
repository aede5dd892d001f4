import { createPostgresBackend, runMigrations, withBackend, type Worker as BullWorker } from 'bullmq'
import pg from 'pg'
import type { QueueName } from '@whook/shared/jobs'
import { beginConsumer } from './begin-consumer.js'
import type { AnyQueue, QueueBackend } from './queue-backend.js'

const { Queue, Worker } = withBackend(createPostgresBackend)
const schema = 'bullmq'

interface OpenQueue {
  queue: AnyQueue
  close: () => Promise<void>
}

/** BullMQ on the same PostgreSQL as all other data: jobs are durable after the commit. */
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
    // The pool replaces a dropped connection at the next use. An error without a listener would end the process: the pool
    // removes its listener from a checked-out connection, and between two statements nothing else listens.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return pool
  }
  const queues = new Map<QueueName, Promise<OpenQueue>>()

  /** Opens a queue with its own connections: BullMQ keeps its listeners on them, also after a failed start. */
  async function open(name: QueueName): Promise<OpenQueue> {
    const pool = newPool(3, 'producer')
    const queue = new Queue(name, { connection: pool, prefix })
    queue.on('error', () => {})
    const close = async () => {
      await queue.close()
      await pool.end()
    }
    try {
      await queue.waitUntilReady()
    } catch (error) {
      await close()
      throw error
    }
    return { queue: queue as unknown as AnyQueue, close }
  }

  return {
    async queue(name) {
      const opening = queues.get(name) ?? open(name)
      queues.set(name, opening)
      try {
        return (await opening).queue
      } catch (error) {
        // BullMQ remembers a failed first connection forever, so open a new queue next time.
        if (queues.get(name) === opening) queues.delete(name)
        throw error
      }
    },
    worker(name, processor, options) {
      return beginConsumer(() => {
        const pool = newPool(Math.min(options.concurrency ?? 1, 4) + 2, name)
        const worker = new Worker(name, processor, { ...options, connection: pool, prefix, autorun: false })
        const close = async () => {
          await worker.close()
          await pool.end()
        }
        return { worker: worker as unknown as BullWorker, close }
      })
    },
    durability: async () => ({ durable: true, detail: 'PostgreSQL commits before every response' }),
    async close() {
      const opened = await Promise.allSettled(queues.values())
      queues.clear()
      await Promise.all(opened.map((one) => one.status === 'fulfilled' && one.value.close()))
    },
  }
}

/** Migrates BullMQ's tables. BullMQ locks them, so several processes may call it at the same time. */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  // A running statement rejects on its own.
  client.on('error', () => {})
  await client.connect()
  try {
    await runMigrations(client, schema)
  } finally {
    await client.end()
  }
}
