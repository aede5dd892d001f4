import type { DeliveryResult, recordAttempts } from '@whook/drizzle/deliveries/record-attempts'
import type { Logger } from '@whook/runtime/logger'
import { setTimeout as sleep } from 'node:timers/promises'
import { classifyDatabaseError } from './classify-database-error.js'

type Recorded = Awaited<ReturnType<typeof recordAttempts>>

interface RecorderDeps {
  write: (results: DeliveryResult[]) => Promise<Recorded>
  /**
   * Called after the commit. Resolves when deliveries that these results stop can no longer start. Must not reject.
   */
  recorded: (answer: Recorded, results: DeliveryResult[]) => Promise<void>
  /** Returns whether more results may follow soon. */
  moreComing: () => boolean
  logger: Pick<Logger, 'error' | 'warn'>
}

interface WaitingResult {
  result: DeliveryResult
  resolve: () => void
  reject: (error: unknown) => void
}

const batchMax = 500
const batchBytesMax = 4 * 1024 * 1024
/** A statement costs as much as twenty of its results. So a write waits up to `gatherMs` for `gatherMax` results. */
const gatherMs = 25
const gatherMax = 250

/** Attempts of a write that fails because PostgreSQL is busy, before the batch is split or its result given up. */
const busyTriesMax = 5

/**
 * Batches the results of concurrent deliveries: all results since the last write are written together. Results are
 * kept while PostgreSQL is unavailable, without a time limit. A result that PostgreSQL rejects is separated from the
 * others and stored without its details. It is given up when that fails too.
 */
export function createRecorder({ write, recorded, moreComing, logger }: RecorderDeps) {
  let waiting: WaitingResult[] = []
  let writing = false
  let wroteAt = -Infinity
  let goOn = () => {}

  const enough = () => waiting.length >= gatherMax || !moreComing()

  /** Waits for more results. After a pause the first result is written immediately. */
  async function gather() {
    const leftMs = wroteAt + gatherMs - performance.now()
    if (leftMs <= 0 || enough()) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      goOn = resolve
      timer = setTimeout(resolve, leftMs)
    })
    clearTimeout(timer)
  }

  async function drain() {
    while (waiting.length > 0) {
      await gather()
      wroteAt = performance.now()
      const count = fitting(waiting)
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
        void finish(batch, recorded(await write(results), results))
        return undefined
      } catch (error) {
        const failure = classifyDatabaseError(error)
        if (failure === 'refused' || (failure === 'busy' && ++busyTries > busyTriesMax)) return { error }
        logger.warn({ err: error, results: results.length }, 'deliveries.record-delayed')
        await sleep(delayMs)
      }
    }
  }

  async function finish(batch: WaitingResult[], consequences: Promise<void>) {
    await consequences
    for (const { resolve } of batch) resolve()
  }

  /** Stores a result without the details of its attempt, because PostgreSQL rejected a value in them. */
  async function storeBare(one: WaitingResult, error: unknown): Promise<void> {
    logger.error({ err: error, deliveryId: one.result.id }, 'delivery.not-recordable')
    const failure = await tryToStore([{ ...one, result: withoutDetails(one.result) }])
    if (failure) one.reject(new Error('The result of the attempt cannot be stored', { cause: failure.error }))
  }

  return {
    /**
     * Resolves when the result is committed, or ignored because the lease was lost. Rejects when it cannot be stored.
     */
    record: (result: DeliveryResult) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ result, resolve, reject })
        // In the next turn of the event loop, so that results that arrived together are written together.
        if (!writing) {
          writing = true
          setImmediate(() => void drain())
        } else if (enough()) goOn()
      }),
  }
}

function fitting(waiting: WaitingResult[]): number {
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
