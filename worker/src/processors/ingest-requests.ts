import type { Batch, MadeDelivery } from '@whook/drizzle/queries/request/store-batch'
import { IngestRequestsJob } from '@whook/shared'
import type { AfterStore } from '@whook/runtime/after-store'
import { UnreadableJobError } from '@whook/runtime/queues/queues'
import { Compile } from 'typebox/compile'

interface IngestRequestsDeps {
  /** Stores a batch. Resolves to undefined when it was stored before. */
  store: (batch: Batch) => Promise<MadeDelivery[] | undefined>
  /** Called with the number of requests and the age of the oldest one. */
  onStored: (requests: number, oldestAgeMs: number) => void
  nowMs: () => number
  /** Wakes destinations, marks duplicates and publishes the requests. */
  afterStore: Pick<AfterStore, 'run'>
  /** Notes a job that this version cannot read, so that health and metrics report it until it is stored. */
  setAside: (jobId: string) => Promise<void>
  /** Called when a job is stored after a failed attempt. */
  storedAfterAll: (jobId: string) => Promise<void>
}

interface IngestJob {
  id: string
  data: unknown
  attemptsMade: number
}

/** Compiled: interpreting the schema for each batch takes a fifth of the time to store the batch. */
const job = Compile(IngestRequestsJob)

/** Stores one accepted batch with its deliveries, then publishes the changes. Safe to run twice. */
export const ingestRequests =
  ({ store, onStored, nowMs, afterStore, setAside, storedAfterAll }: IngestRequestsDeps) =>
  async ({ id, data, attemptsMade }: IngestJob): Promise<void> => {
    if (!job.Check(data)) {
      await setAside(id)
      throw new UnreadableJobError('The batch was written by another version of Whook')
    }

    const made = await store(data)
    if (attemptsMade > 0) await storedAfterAll(id)
    if (made)
      onStored(data.requests.length, nowMs() - Math.min(...data.requests.map(({ receivedAt }) => receivedAt)))
    await afterStore.run(data.requests, made)
  }
