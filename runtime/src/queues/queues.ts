import type { JobsOptions, Processor } from 'bullmq'
import type { IngestRequestsJob, QueueName } from '@whook/shared/jobs'
import type { Logger } from '../logger.js'
import { postgresQueueBackend } from './postgres.js'
import { redisQueueBackend } from './redis.js'
import { withTimeout } from '../with-timeout.js'

export interface JobData {
  ingest: IngestRequestsJob
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
  /**
   * Makes every delayed and every failed job ready at once. The queue computes the end of a delay from the clock of the
   * worker that failed, which may be days ahead; and earlier versions set aside what they could not read.
   */
  retryNow: (name: QueueName) => Promise<void>
  /** Starts a consumer. Closing it lets the jobs in hand finish. */
  process: <N extends QueueName>(
    name: N,
    concurrency: number,
    processor: (job: { id: string; data: JobData[N]; attemptsMade: number }) => Promise<void>,
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
const retryForever: JobsOptions = {
  attempts: 2 ** 31 - 1,
  backoff: { type: 'capped' },
  removeOnComplete: true,
  // Its requests were answered with 202: a job leaves the queue when it is stored.
  removeOnFail: false,
}
const retryDelayMs = (attemptsMade: number) => Math.min(250 * 2 ** Math.min(attemptsMade, 10), 15_000)
/** Only another version of the worker reads it: a deployment takes minutes. */
const unreadableDelayMs = 300_000

/** The latest moment a Date can hold: failed jobs of a process whose clock was ahead are meant too. */
const anyTimeMs = 8.64e15

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
            opts: { ...retryForever, ...opts },
          })),
        )
      }
      await withTimeout(add(), addTimeoutMs, `adding to the ${name} queue`)
    },

    async retryNow(name) {
      const queue = await backend.queue(name)
      await queue.retryJobs({ state: 'failed', timestamp: anyTimeMs })
      await queue.promoteJobs()
    },

    process(name, concurrency, processor) {
      const run: Processor = async ({ id, data, attemptsMade }) =>
        processor({ id: String(id), data: data as never, attemptsMade })
      const worker = backend.worker(name, run, {
        ...workerTimes,
        concurrency,
        settings: {
          backoffStrategy: (attemptsMade, _type, error) =>
            error instanceof UnreadableJobError ? unreadableDelayMs : retryDelayMs(attemptsMade),
        },
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

/** Thrown by a processor for a payload that this version cannot read. The job stays and is tried again each five minutes. */
export class UnreadableJobError extends Error {
  override name = 'UnreadableJobError'
}
