import type { Batch, MadeDelivery } from '@whook/drizzle/store/store-batch'

type Made = MadeDelivery[] | undefined

interface Options {
  /** Stores batches in one transaction; answers for each. */
  store: (batches: Batch[]) => Promise<Made[]>
  transactionsMax: number
  batchesMax: number
}

interface Waiting {
  batch: Batch
  resolve: (made: Made) => void
  reject: (error: unknown) => void
}

/**
 * Batches that come while others are being stored go into the next transaction together: a worker that is behind makes
 * fewer, larger ones. When several fail together each is stored alone, so that one cannot hold the others back.
 */
export function storeTogether({ store, transactionsMax, batchesMax }: Options) {
  const waiting: Waiting[] = []
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

  async function storeAll(taken: Waiting[]): Promise<void> {
    try {
      const made = await store(taken.map(({ batch }) => batch))
      taken.forEach(({ resolve }, index) => resolve(made[index]))
    } catch (error) {
      if (taken.length === 1) taken[0]!.reject(error)
      else for (const one of taken) await storeAll([one])
    }
  }

  return (batch: Batch): Promise<Made> =>
    new Promise((resolve, reject) => {
      waiting.push({ batch, resolve, reject })
      if (running < transactionsMax) setImmediate(() => void (running < transactionsMax && run()))
    })
}
