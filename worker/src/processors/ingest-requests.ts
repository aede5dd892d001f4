import type { Batch, MadeDelivery } from '@whook/drizzle/store/store-batch'
import { IngestRequestsJob, type CapturedRequest } from '@whook/shared'
import { announceStored, type Announcer } from '@whook/runtime/announcer'
import { UnreadableJobError } from '@whook/runtime/queues/queues'
import { Compile } from 'typebox/compile'

interface Deps {
  /** Stores a batch; undefined when it was stored before. */
  store: (batch: Batch) => Promise<MadeDelivery[] | undefined>
  /** How many, and how long ago the oldest of them came. */
  onStored: (requests: number, oldestAgeMs: number) => void
  nowMs: () => number
  /** Marks what was sent before; answers the first request by its duplicate. */
  mark: (requests: CapturedRequest[]) => Promise<Map<string, string>>
  announcer: Pick<Announcer, 'tell' | 'deliveriesDue'>
  /** Due deliveries were made by this very process: it need not wait for the bus to say so. */
  onDue: (destinationIds: string[]) => void
  /** Notes a job that this version cannot read, so that it shows until it is stored. */
  setAside: (jobId: string) => Promise<void>
  /** Called when a job that failed before is stored. */
  storedAfterAll: (jobId: string) => Promise<void>
}

interface Job {
  id: string
  data: unknown
  attemptsMade: number
}

/** Compiled: walking the schema for each batch would be a fifth of what storing it costs. */
const job = Compile(IngestRequestsJob)

/** One accepted batch: store it with its deliveries, then tell. Safe to run any number of times. */
export const ingestRequests =
  ({ store, onStored, nowMs, mark, announcer, onDue, setAside, storedAfterAll }: Deps) =>
  async ({ id, data, attemptsMade }: Job): Promise<void> => {
    if (!job.Check(data)) {
      await setAside(id)
      throw new UnreadableJobError('The batch was written by another version of Whook')
    }

    const made = await store(data)
    if (attemptsMade > 0) await storedAfterAll(id)
    // Also when it was stored before: whoever did may have been stopped before it marked.
    const duplicates = await mark(data.requests)
    if (!made) return
    onStored(data.requests.length, nowMs() - Math.min(...data.requests.map(({ receivedAt }) => receivedAt)))

    const due = announceStored(announcer, data.requests, made, duplicates)
    if (due.length > 0) onDue(due)
  }
