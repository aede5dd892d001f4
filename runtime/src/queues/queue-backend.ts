import type { Processor, Queue, Worker, WorkerOptions } from 'bullmq'
import type { QueueName } from '@whook/shared/jobs'
import type { Durability } from './queues.js'

export type AnyQueue = Pick<Queue, 'addBulk' | 'getJobCounts' | 'retryJobs' | 'promoteJobs' | 'close'>
export type AnyWorker = Pick<Worker, 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown
  on(
    event: 'failed',
    listener: (job: { id?: string; attemptsMade: number } | undefined, error: Error) => void,
  ): unknown
}

/** The operations that differ between Redis and PostgreSQL. */
export interface QueueBackend {
  queue: (name: QueueName) => Promise<AnyQueue>
  worker: (name: QueueName, processor: Processor, options: Omit<WorkerOptions, 'connection'>) => AnyWorker
  durability: () => Promise<Durability>
  close: () => Promise<void>
}
