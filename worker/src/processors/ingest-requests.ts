import type { Batch, MadeDelivery } from '@whook/drizzle/store/store-batch'
import { IngestRequestsJob, type CapturedRequest } from '@whook/shared'
import { announceStored, type Announcer } from '@whook/shared/server/announcer'
import { unprocessable } from '@whook/shared/server/queues'
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
}

/** Compiled: walking the schema for each batch would be a fifth of what storing it costs. */
const job = Compile(IngestRequestsJob)

/** One accepted batch: store it with its deliveries, then tell. Safe to run any number of times. */
export const ingestRequests =
  ({ store, onStored, nowMs, mark, announcer, onDue }: Deps) =>
  async ({ data }: { data: unknown }): Promise<void> => {
    if (!job.Check(data)) throw unprocessable('the job is no batch of requests')

    const made = await store(data)
    // Also when it was stored before: whoever did may have been stopped before it marked.
    const duplicates = await mark(data.requests)
    if (!made) return
    onStored(data.requests.length, nowMs() - Math.min(...data.requests.map(({ receivedAt }) => receivedAt)))

    const due = announceStored(announcer, data.requests, made, duplicates)
    if (due.length > 0) onDue(due)
  }
