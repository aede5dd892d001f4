import type { JobsOptions, Processor, WorkerOptions } from 'bullmq'
import type { DeliverRequestJob, IngestRequestsJob, QueueName } from '../src/jobs.js'

export interface JobData {
  ingest: IngestRequestsJob
  deliver: DeliverRequestJob
  maintenance: { task: string }
}

export interface NewJob<N extends QueueName> {
  data: JobData[N]
  opts?: JobsOptions
}

/** The three queues, on Redis or on PostgreSQL: everything behind it passes one conformance suite. */
export interface Queues {
  backend: 'redis' | 'postgres'
  /** Resolves when the jobs are durable in the backend; rejects within seconds when it cannot be reached. */
  addBulk: <N extends QueueName>(name: N, jobs: NewJob<N>[]) => Promise<void>
  /** Makes or updates a repeating job; the same key never makes two. */
  schedule: (key: string, everyMs: number, task: string) => Promise<void>
  process: <N extends QueueName>(
    name: N,
    processor: Processor<JobData[N]>,
    options: Pick<WorkerOptions, 'concurrency' | 'maxStalledCount' | 'lockDuration' | 'stalledInterval'>,
  ) => { close: () => Promise<void> }
  /** Jobs waiting, delayed or active. */
  depth: (name: QueueName) => Promise<number>
  /** Whether what it acknowledges survives a crash, and in which words to say so. */
  durability: () => Promise<{ durable: boolean; detail: string }>
  close: () => Promise<void>
}
