import { ApiError, type CapturedRequest } from '@whook/shared'
import { clock, monotonicMs } from '@whook/runtime/clock'
import { TimeoutError, withTimeout } from '@whook/runtime/with-timeout'
import type { Batch } from '@whook/drizzle/queries/request/store-batch'

/** A place that makes a batch durable: the queue or the database. */
export interface DurableSink {
  name: 'queue' | 'database'
  store: (batch: Batch) => Promise<void>
  timeoutMs: number
}

interface AcceptanceOptions {
  /** In order of preference: each sink is the fallback of the one before it. */
  sinks: DurableSink[]
  newId: () => string
  /** Batch numbers in one series. */
  numberMax?: number
  /** Monotonic milliseconds, for durations. */
  now?: () => number
  /** Milliseconds since the epoch. */
  time?: () => number
  onAccepted: (info: { by: DurableSink['name']; requests: number; durationMs: number }) => void
  onFailed: (info: { by: DurableSink['name']; error: unknown }) => void
}

/** A sink that failed receives no batch for this long. */
const restMs = 500

/**
 * Consecutive timeouts before a sink counts as failed. A slow sink still stores a timed-out batch soon after. While it
 * rests, accepted batches are only in the other sink.
 */
const lateMax = 2

/**
 * The columns of a batch number are int4, which 300 batches a second fill in 83 days. A series of numbers ends at half
 * of that range. The process then starts a series with a new instance id: old and new processes share the same columns.
 */
const batchesMax = 2 ** 30

/** The numbers of a series unused for months are deleted, so a series unused for a day is not continued. */
const seriesRestMsMax = 24 * 3_600_000

/**
 * Makes a batch durable in the first sink that stores it. Batches are numbered consecutively. The next batch carries
 * the number of a batch that every sink refused, so that the ledger does not count it as lost.
 */
export function createAcceptance({
  sinks,
  newId,
  numberMax = batchesMax,
  now = monotonicMs,
  time = clock.now,
  onAccepted,
  onFailed,
}: AcceptanceOptions) {
  let instanceId = newId()
  let numberedAt = time()
  const restUntil = new Map<DurableSink['name'], number>()
  const late = new Map<DurableSink['name'], number>()
  let number = 0
  let refused: number[] = []
  let inFlight = 0

  async function tryOne(sink: DurableSink, batch: Batch): Promise<boolean> {
    const startedAt = now()
    if (startedAt < (restUntil.get(sink.name) ?? 0)) return false
    try {
      const timeoutMs = sink.timeoutMs + transferMs(batch)
      await withTimeout(sink.store(batch), timeoutMs, `storing in the ${sink.name}`)
      restUntil.delete(sink.name)
      late.delete(sink.name)
      onAccepted({ by: sink.name, requests: batch.requests.length, durationMs: now() - startedAt })
      return true
    } catch (error) {
      const times = error instanceof TimeoutError ? (late.get(sink.name) ?? 0) + 1 : lateMax
      late.set(sink.name, times)
      if (times >= lateMax) restUntil.set(sink.name, now() + restMs)
      onFailed({ by: sink.name, error })
      return false
    }
  }

  /** Resolves when the batch is durable; rejects with 503. `only` names the one sink that can take such a batch. */
  return async function accept(requests: CapturedRequest[], only?: DurableSink['name']): Promise<void> {
    // Refused numbers are sent with the next batch of their series, and a batch in flight can still be refused.
    const isSettled = refused.length === 0 && inFlight === 0
    if (isSettled && (number >= numberMax || time() - numberedAt > seriesRestMsMax)) {
      instanceId = newId()
      number = 0
    }
    numberedAt = time()
    const batch: Batch = { instanceId, number: ++number, refused, requests }
    refused = []
    inFlight++
    try {
      for (const sink of sinks) {
        if (only && sink.name !== only) continue
        if (await tryOne(sink, batch)) return
      }
    } finally {
      inFlight--
    }
    refused.push(...batch.refused, batch.number)
    throw new ApiError('unavailable', { retryAfterSeconds: 5 })
  }
}

/** Milliseconds allowed for the transfer of a batch: a large body alone must not cause a timeout. */
const transferMs = ({ requests }: Batch) =>
  Math.ceil(requests.reduce((bytes, { size }) => bytes + size, 0) / bytesPerMs)
const bytesPerMs = 5000

export type Accept = ReturnType<typeof createAcceptance>
