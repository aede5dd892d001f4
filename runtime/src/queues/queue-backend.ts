import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq'
import type { QueueName } from '@whook/shared/jobs'

export type AnyQueue = Pick<Queue, 'addBulk' | 'getJobCounts' | 'retryJobs' | 'promoteJobs' | 'close'>
export type AnyWorker = Pick<Worker, 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(
    event: 'failed',
    listener: (job: { id?: string; attemptsMade: number } | undefined, error: Error) => void,
  ): unknown
}

export interface Durability {
  durable: boolean
  /** A sentence for the health page and the start of the log. */
  detail: string
}

/** The operations that differ between Redis and PostgreSQL. */
export interface QueueBackend {
  queue: (name: QueueName) => Promise<AnyQueue>
  worker: (name: QueueName, processor: Processor, options: Omit<WorkerOptions, 'connection'>) => AnyWorker
  durability: () => Promise<Durability>
  close: () => Promise<void>
}
