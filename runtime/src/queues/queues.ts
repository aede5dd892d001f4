import type { JobsOptions, Processor } from 'bullmq'
import type { IngestRequestsJob, QueueName } from '@whook/shared/jobs'
import type { Logger } from '../logger.js'
import { postgresQueueBackend } from './postgres.js'
import type { Durability } from './queue-backend.js'
import { redisQueueBackend } from './redis.js'
import { withTimeout } from '../with-timeout.js'

export interface JobData {
  ingest: IngestRequestsJob
}

export interface NewJob<N extends QueueName> {
  data: JobData[N]
  opts?: JobsOptions
}

/** The queues, on Redis or on PostgreSQL. Both backends pass the same conformance suite. */
export interface Queues {
  backend: 'redis' | 'postgres'
  /** Resolves when the jobs are durable in the backend. Rejects within addTimeoutMs when the backend is unavailable. */
  addBulk: <N extends QueueName>(name: N, jobs: NewJob<N>[]) => Promise<void>
  /**
   * Makes every delayed and every failed job ready now. The queue computes the end of a delay with the clock of the failed
   * worker, which may be days ahead. Earlier versions moved unreadable jobs to the failed ones.
   */
  retryNow: (name: QueueName) => Promise<void>
  /** Starts a consumer. `close` waits for its active jobs. */
  process: <N extends QueueName>(
    name: N,
    concurrency: number,
    processor: (job: { id: string; data: JobData[N]; attemptsMade: number }) => Promise<void>,
  ) => { close: () => Promise<void> }
  /** Returns the number of jobs that are waiting, delayed or active. */
  depth: (name: QueueName) => Promise<number>
  /** Returns whether acknowledged jobs survive a crash. */
  durability: () => Promise<Durability>
  close: () => Promise<void>
}

interface QueuesOptions {
  databaseUrl: string
  redisUrl?: string
  logger: Pick<Logger, 'warn'>
  /** Milliseconds until addBulk rejects when the backend is unavailable. */
  addTimeoutMs?: number
  /** Separates installations, or tests, on the same server. */
  prefix?: string
}

/**
 * Active jobs of a crashed worker wait until their lock expires: 15 s, checked every 5 s. A job is idempotent and the
 * database knows the due deliveries, so a job never fails because it stalled.
 */
const workerTimes = { lockDuration: 15_000, stalledInterval: 5000, maxStalledCount: 1_000_000 }
const retryForever: JobsOptions = {
  attempts: 2 ** 31 - 1,
  backoff: { type: 'capped' },
  removeOnComplete: true,
  // The api answered 202 for its requests, so a job leaves the queue only after it is stored.
  removeOnFail: false,
}
const retryDelayMs = (attemptsMade: number) => Math.min(250 * 2 ** Math.min(attemptsMade, 10), 15_000)
/** Only another version of the worker can read the job, and a deployment takes minutes. */
const unreadableDelayMs = 300_000

/** The latest time of a Date: includes failed jobs of a process whose clock was ahead. */
const anyTimeMs = 8.64e15

export function createQueues({
  databaseUrl,
  redisUrl,
  logger,
  addTimeoutMs = 2000,
  prefix,
}: QueuesOptions): Queues {
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

/** A processor throws it for a payload that this version cannot read. The job is retried every five minutes. */
export class UnreadableJobError extends Error {
  override name = 'UnreadableJobError'
}
