import type { DeliveryResult, recordAttempts } from '@whook/drizzle/queries/delivery/record-attempts'
import { monotonicMs } from '@whook/runtime/clock'
import type { Logger } from '@whook/runtime/logger'
import { setTimeout as sleep } from 'node:timers/promises'
import { classifyDatabaseError } from './classify-database-error.js'
import type { Prefetch } from './prefetch/prefetch.js'

type Written = Awaited<ReturnType<typeof recordAttempts>>

/** Results that one statement committed, and the rows that they changed. Shared by all deliveries of the batch. */
export interface RecordedBatch extends Written {
  results: DeliveryResult[]
}

interface RecorderParts {
  write: (results: DeliveryResult[]) => Promise<Written>
  /** While attempts are in flight, more results may follow soon. */
  prefetch: Pick<Prefetch, 'inFlight'>
  logger: Pick<Logger, 'error' | 'warn'>
}

interface WaitingResult {
  result: DeliveryResult
  resolve: (batch: RecordedBatch) => void
  reject: (error: unknown) => void
}

const batchMax = 500
const batchBytesMax = 4 * 1024 * 1024
/** A statement costs as much as twenty of its results. So a write waits up to `batchDelayMs` for `batchFull` results. */
const batchDelayMs = 25
const batchFull = 250

/** Attempts of a write that fails because PostgreSQL is busy, before the batch is split or its result given up. */
const busyTriesMax = 5

/**
 * Batches the results of concurrent deliveries: all results since the last write are written together. Results are
 * kept while PostgreSQL is unavailable, without a time limit. A result that PostgreSQL rejects is separated from the
 * others and stored without its details. It is given up when that fails too.
 */
export function createRecorder({ write, prefetch, logger }: RecorderParts) {
  let waiting: WaitingResult[] = []
  let writing = false
  let wroteAt = -Infinity
  let endWait = () => {}

  const isEnough = () => waiting.length >= batchFull || prefetch.inFlight === 0

  /** Waits for more results. After a pause the first result is written immediately. */
  async function waitForMore() {
    const leftMs = wroteAt + batchDelayMs - monotonicMs()
    if (leftMs <= 0 || isEnough()) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      endWait = resolve
      timer = setTimeout(resolve, leftMs)
    })
    clearTimeout(timer)
  }

  async function writeAll() {
    while (waiting.length > 0) {
      await waitForMore()
      wroteAt = monotonicMs()
      const count = countThatFits(waiting)
      const batch = waiting.slice(0, count)
      waiting = waiting.slice(count)
      await store(batch)
    }
    writing = false
  }

  async function store(batch: WaitingResult[]): Promise<void> {
    const failure = await tryToStore(batch)
    if (!failure) return
    if (batch.length === 1) return storeBare(batch[0]!, failure.error)
    const half = batch.length >> 1
    await store(batch.slice(0, half))
    await store(batch.slice(half))
  }

  /** Returns the error when these results cannot be stored together, undefined when they are stored. */
  async function tryToStore(batch: WaitingResult[]): Promise<{ error: unknown } | undefined> {
    const results = batch.map(({ result }) => result)
    for (let busyTries = 1, delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2000)) {
      try {
        const { moved, recovered, circuits } = await write(results)
        const recorded: RecordedBatch = { results, moved, recovered, circuits }
        for (const { resolve } of batch) resolve(recorded)
        return undefined
      } catch (error) {
        const failure = classifyDatabaseError(error)
        if (failure === 'refused' || (failure === 'busy' && ++busyTries > busyTriesMax)) return { error }
        logger.warn({ err: error, results: results.length }, 'deliveries.record-delayed')
        await sleep(delayMs)
      }
    }
  }

  /** Stores a result without the details of its attempt, because PostgreSQL rejected a value in them. */
  async function storeBare(one: WaitingResult, error: unknown): Promise<void> {
    logger.error({ err: error, deliveryId: one.result.id }, 'delivery.not-recordable')
    const failure = await tryToStore([{ ...one, result: withoutDetails(one.result) }])
    if (failure) one.reject(new Error('The result of the attempt cannot be stored', { cause: failure.error }))
  }

  return {
    /**
     * Returns the batch when the result is committed, or ignored because the lease was lost. Rejects when it cannot be
     * stored.
     */
    record: (result: DeliveryResult) =>
      new Promise<RecordedBatch>((resolve, reject) => {
        waiting.push({ result, resolve, reject })
        // In the next turn of the event loop, so that results that arrived together are written together.
        if (!writing) {
          writing = true
          setImmediate(() => void writeAll())
        } else if (isEnough()) endWait()
      }),
  }
}

function countThatFits(waiting: WaitingResult[]): number {
  let bytes = 0
  for (const [index, { result }] of waiting.entries()) {
    bytes += result.attempt?.responseBody?.length ?? 0
    if (index > 0 && (index >= batchMax || bytes > batchBytesMax)) return index
  }
  return waiting.length
}

const withoutDetails = (result: DeliveryResult): DeliveryResult => ({
  ...result,
  filterFailure: null,
  attempt: result.attempt && {
    ...result.attempt,
    error: 'The details of this attempt could not be stored',
    requestHeaders: [],
    responseHeaders: [],
    responseBody: null,
    console: [],
  },
})
