import type { Acceptor } from './acceptors.js'

/**
 * Limits the batches that a place has neither taken nor refused. A batch that timed out stays in the memory of the
 * driver until the place answers: without this limit a PostgreSQL that hangs collects them.
 */
export function boundUnfinished(acceptor: Acceptor, batchesMax: number): Acceptor {
  let unfinished = 0
  return {
    ...acceptor,
    async accept(batch) {
      if (unfinished >= batchesMax) throw new Error(`${batchesMax} batches are unfinished`)
      unfinished++
      try {
        await acceptor.accept(batch)
      } finally {
        unfinished--
      }
    },
  }
}
