import type { DurableSink } from './durable-sinks.js'

/**
 * Limits the batches that a sink has neither stored nor rejected. A timed-out batch stays in the memory of the
 * driver until the sink responds: without this limit such batches accumulate while PostgreSQL hangs.
 */
export function boundUnfinished(sink: DurableSink, batchesMax: number): DurableSink {
  let unfinished = 0
  return {
    ...sink,
    async store(batch) {
      if (unfinished >= batchesMax) throw new Error(`${batchesMax} batches are unfinished`)
      unfinished++
      try {
        await sink.store(batch)
      } finally {
        unfinished--
      }
    },
  }
}
