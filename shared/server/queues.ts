import type { JobsOptions, Processor } from 'bullmq'
import { UnrecoverableError } from 'bullmq'
import type { IngestRequestsJob, MaintenanceJob, QueueName } from '../src/jobs.js'
import type { Logger } from './logger.js'
import { postgresQueueBackend } from './queue-backends/postgres.js'
import { redisQueueBackend } from './queue-backends/redis.js'
import { withTimeout } from './with-timeout.js'

export interface JobData {
  ingest: IngestRequestsJob
  maintenance: MaintenanceJob
}

export interface NewJob<N extends QueueName> {
  data: JobData[N]
  opts?: JobsOptions
}

export interface Durability {
  durable: boolean
  /** In words, for the health page and the start of the log. */
  detail: string
}

/** The queues, on Redis or on PostgreSQL: everything behind this passes one conformance suite. */
export interface Queues {
  backend: 'redis' | 'postgres'
  /** Resolves when the jobs are durable in the backend; rejects within addTimeoutMs when it cannot be reached. */
  addBulk: <N extends QueueName>(name: N, jobs: NewJob<N>[]) => Promise<void>
  /** Makes or updates a repeating job of the maintenance queue; the same task never makes two. Rejects like addBulk. */
  schedule: (task: MaintenanceJob['task'], everyMs: number) => Promise<void>
  /** Whether the repeating job is there: a Redis that was flushed has forgotten it. */
  isScheduled: (task: MaintenanceJob['task']) => Promise<boolean>
  /** Starts a consumer. Closing it lets the jobs in hand finish. */
  process: <N extends QueueName>(
    name: N,
    concurrency: number,
    processor: (job: { id: string; data: JobData[N] }) => Promise<void>,
  ) => { close: () => Promise<void> }
  /** Jobs waiting, delayed or active. */
  depth: (name: QueueName) => Promise<number>
  /** Whether what it acknowledges survives a crash. */
  durability: () => Promise<Durability>
  close: () => Promise<void>
}

interface Options {
  databaseUrl: string
  redisUrl?: string
  logger: Pick<Logger, 'warn'>
  /** Milliseconds an add may take before the caller is told that the backend is gone. */
  addTimeoutMs?: number
  /** Kept apart from other installations, or tests, on the same server. */
  prefix?: string
}

/**
 * Jobs active when their worker dies wait for the lock: 15 s, looked at every 5 s. A job is safe to run any number of
 * times and the database knows what is due, so it is never failed for having stalled.
 */
const workerTimes = { lockDuration: 15_000, stalledInterval: 5000, maxStalledCount: 1_000_000 }
const retryForever: JobsOptions = { attempts: 1_000_000, backoff: { type: 'capped' } }
const retryDelayMs = (attemptsMade: number) => Math.min(250 * 2 ** Math.min(attemptsMade, 10), 15_000)

export function createQueues({
  databaseUrl,
  redisUrl,
  logger,
  addTimeoutMs = 2000,
  prefix,
}: Options): Queues {
  const backend = redisUrl ? redisQueueBackend(redisUrl, prefix) : postgresQueueBackend(databaseUrl, prefix)
  const workers = new Set<{ close: () => Promise<void> }>()

  return {
    backend: redisUrl ? 'redis' : 'postgres',

    async addBulk(name, jobs) {
      const add = async () => {
        const queue = await backend.queue(name)
        await queue.addBulk(
          jobs.map(({ data, opts }) => ({
            name,
            data,
            opts: { ...retryForever, removeOnComplete: true, removeOnFail: { count: 1000 }, ...opts },
          })),
        )
      }
      await withTimeout(add(), addTimeoutMs, `adding to the ${name} queue`)
    },

    async schedule(task, everyMs) {
      const queue = await backend.queue('maintenance')
      const opts = { removeOnComplete: true, removeOnFail: { count: 100 } }
      await withTimeout(
        queue.upsertJobScheduler(task, { every: everyMs }, { name: task, data: { task }, opts }),
        addTimeoutMs,
        'scheduling maintenance',
      )
    },

    async isScheduled(task) {
      const queue = await backend.queue('maintenance')
      const scheduled = queue.getJobScheduler(task)
      return (await withTimeout(scheduled, addTimeoutMs, 'asking for maintenance')) !== undefined
    },

    process(name, concurrency, processor) {
      const run: Processor = async (job) => processor({ id: String(job.id), data: job.data as never })
      const worker = backend.worker(name, run, {
        ...workerTimes,
        concurrency,
        settings: { backoffStrategy: retryDelayMs },
      })
      worker.on('error', (error) => logger.warn({ err: error, queue: name }, 'queue.worker-error'))
      worker.on('failed', (job, error) =>
        logger.warn(
          { err: error, queue: name, jobId: job?.id, attempts: job?.attemptsMade },
          'queue.job-failed',
        ),
      )
      const consumer = { close: () => worker.close() }
      workers.add(consumer)
      return consumer
    },

    async depth(name) {
      const queue = await backend.queue(name)
      const counts = await withTimeout(
        queue.getJobCounts('waiting', 'active', 'delayed'),
        addTimeoutMs,
        'counting jobs',
      )
      return (counts['waiting'] ?? 0) + (counts['active'] ?? 0) + (counts['delayed'] ?? 0)
    },

    durability: () => backend.durability(),

    async close() {
      await Promise.all([...workers].map((worker) => worker.close()))
      await backend.close()
    },
  }
}

/** Thrown by a processor for a payload no retry can mend: the job is set aside at once. */
export const unprocessable = (message: string) => new UnrecoverableError(message)
