import type { Acceptor } from './acceptors.js'

/**
 * Limits the batches that a store has neither accepted nor rejected. A timed-out batch stays in the memory of the
 * driver until the store responds: without this limit such batches accumulate while PostgreSQL hangs.
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
