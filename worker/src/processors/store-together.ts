import type { Batch, MadeDelivery } from '@whook/drizzle/queries/request/store-batch'

type StoredDeliveries = MadeDelivery[] | undefined

interface StoreTogetherOptions {
  /** Stores batches in one transaction. Resolves to one result per batch. */
  store: (batches: Batch[]) => Promise<StoredDeliveries[]>
  transactionsMax: number
  batchesMax: number
}

interface WaitingBatch {
  batch: Batch
  resolve: (made: StoredDeliveries) => void
  reject: (error: unknown) => void
}

/**
 * Stores batches that arrive during a transaction together in the next one: a worker with a backlog runs fewer,
 * larger transactions. When a transaction of several batches fails, each batch is stored alone, so that one cannot
 * block others.
 */
export function storeTogether({ store, transactionsMax, batchesMax }: StoreTogetherOptions) {
  const waiting: WaitingBatch[] = []
  let running = 0

  async function run(): Promise<void> {
    running++
    for (;;) {
      const taken = waiting.splice(0, batchesMax)
      if (taken.length === 0) break
      await storeAll(taken)
    }
    running--
  }

  async function storeAll(taken: WaitingBatch[]): Promise<void> {
    try {
      const made = await store(taken.map(({ batch }) => batch))
      taken.forEach(({ resolve }, index) => resolve(made[index]))
    } catch (error) {
      if (taken.length === 1) taken[0]!.reject(error)
      else for (const one of taken) await storeAll([one])
    }
  }

  return (batch: Batch): Promise<StoredDeliveries> =>
    new Promise((resolve, reject) => {
      waiting.push({ batch, resolve, reject })
      if (running < transactionsMax) setImmediate(() => void (running < transactionsMax && run()))
    })
}
