import { ApiError, type CapturedRequest } from '@whook/shared'
import { clock, monotonicMs } from '@whook/runtime/clock'
import { TimeoutError, withTimeout } from '@whook/runtime/with-timeout'
import type { Batch } from '@whook/drizzle/store/store-batch'

/** One durable place: the queue or the database. */
export interface Acceptor {
  name: 'queue' | 'database'
  accept: (batch: Batch) => Promise<void>
  timeoutMs: number
}

interface Options {
  /** In order of preference: each is the next one's fallback. */
  acceptors: Acceptor[]
  newId: () => string
  /** Numbers in one series. */
  numberMax?: number
  /** For durations: never goes back. */
  now?: () => number
  /** Milliseconds since the epoch. */
  time?: () => number
  onAccepted: (info: { by: Acceptor['name']; requests: number; durationMs: number }) => void
  onFailed: (info: { by: Acceptor['name']; error: unknown }) => void
}

/** How long a place that failed is left alone before one batch tries it again. */
const restMs = 500

/**
 * Times in a row that a place is late before it counts as failed. One that is only slow has what it was late for soon
 * after; what is accepted while it rests is in one place alone.
 */
const lateMax = 2

/**
 * The columns of a batch number are int4, which 300 batches a second fill in 83 days. A series of numbers ends at half of
 * that, and the process begins another one under a new instance id: old and new processes share the same columns.
 */
const batchesMax = 2 ** 30

/** Numbers of a series that rested for months are forgotten: one that rested for a day is not continued. */
const seriesRestMsMax = 24 * 3_600_000

/**
 * Makes a batch durable in the first place that answers. Numbers batches consecutively; the number of a batch that no
 * place took travels with the next one, so that it is not mistaken for a loss.
 */
export function createAcceptance({
  acceptors,
  newId,
  numberMax = batchesMax,
  now = monotonicMs,
  time = clock.now,
  onAccepted,
  onFailed,
}: Options) {
  let instanceId = newId()
  let numberedAt = time()
  const restUntil = new Map<Acceptor['name'], number>()
  const late = new Map<Acceptor['name'], number>()
  let number = 0
  let refused: number[] = []
  let inFlight = 0

  async function tryOne(acceptor: Acceptor, batch: Batch): Promise<boolean> {
    const startedAt = now()
    if (startedAt < (restUntil.get(acceptor.name) ?? 0)) return false
    try {
      const timeoutMs = acceptor.timeoutMs + transferMs(batch)
      await withTimeout(acceptor.accept(batch), timeoutMs, `accepting into the ${acceptor.name}`)
      restUntil.delete(acceptor.name)
      late.delete(acceptor.name)
      onAccepted({ by: acceptor.name, requests: batch.requests.length, durationMs: now() - startedAt })
      return true
    } catch (error) {
      const times = error instanceof TimeoutError ? (late.get(acceptor.name) ?? 0) + 1 : lateMax
      late.set(acceptor.name, times)
      if (times >= lateMax) restUntil.set(acceptor.name, now() + restMs)
      onFailed({ by: acceptor.name, error })
      return false
    }
  }

  /** Resolves when durable; rejects with 503. `only` leaves out places that cannot take such a batch. */
  return async function accept(requests: CapturedRequest[], only?: Acceptor['name']): Promise<void> {
    // Refused numbers leave with the next batch of their series, and a batch in flight may yet be refused.
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
      for (const acceptor of acceptors) {
        if (only && acceptor.name !== only) continue
        if (await tryOne(acceptor, batch)) return
      }
    } finally {
      inFlight--
    }
    refused.push(...batch.refused, batch.number)
    throw new ApiError('unavailable', { retryAfterSeconds: 5 })
  }
}

/** Milliseconds that the bytes of a batch may take on the way: a large body alone does not make a place slow. */
const transferMs = ({ requests }: Batch) =>
  Math.ceil(requests.reduce((bytes, { size }) => bytes + size, 0) / bytesPerMs)
const bytesPerMs = 5000

export type Accept = ReturnType<typeof createAcceptance>
