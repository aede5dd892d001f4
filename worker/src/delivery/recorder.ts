import type { DeliveryResult, recordAttempts } from '@whook/drizzle/deliveries/record-attempts'
import type { Logger } from '@whook/runtime/logger'
import { setTimeout as sleep } from 'node:timers/promises'
import { classifyDatabaseError } from './classify-database-error.js'

type Recorded = Awaited<ReturnType<typeof recordAttempts>>

interface Deps {
  write: (results: DeliveryResult[]) => Promise<Recorded>
  /** After the commit. Resolves when nothing that these results forbid can start any more. Must not fail. */
  recorded: (answer: Recorded, results: DeliveryResult[]) => Promise<void>
  /** Whether further results may be on their way. */
  moreComing: () => boolean
  logger: Pick<Logger, 'error' | 'warn'>
}

interface Waiting {
  result: DeliveryResult
  resolve: () => void
  reject: (error: unknown) => void
}

const batchMax = 500
const batchBytesMax = 4 * 1024 * 1024
/** A statement costs as much as twenty of the results in it: it waits so long for more, or until there are so many. */
const gatherMs = 25
const gatherMax = 250

/** Times a write that PostgreSQL was too busy for is sent again, before it is split or given up. */
const busyTriesMax = 5

/**
 * Gathers the results of concurrent deliveries: all that ended while the last write was on its way go out together.
 * A result is kept while PostgreSQL is away, however long. One that PostgreSQL refuses is separated from the
 * others, stored without its details, and given up when that fails too.
 */
export function createRecorder({ write, recorded, moreComing, logger }: Deps) {
  let waiting: Waiting[] = []
  let writing = false
  let wroteAt = -Infinity
  let goOn = () => {}

  const enough = () => waiting.length >= gatherMax || !moreComing()

  /** Not after a pause: then the first result goes out at once. */
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

  async function store(batch: Waiting[]): Promise<void> {
    const failure = await tryToStore(batch)
    if (!failure) return
    if (batch.length === 1) return storeBare(batch[0]!, failure.error)
    const half = batch.length >> 1
    await store(batch.slice(0, half))
    await store(batch.slice(half))
  }

  /** Returns why these results cannot be stored together. */
  async function tryToStore(batch: Waiting[]): Promise<{ error: unknown } | undefined> {
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

  async function finish(batch: Waiting[], consequences: Promise<void>) {
    await consequences
    for (const { resolve } of batch) resolve()
  }

  /** A value that is refused costs its own delivery's details. */
  async function storeBare(one: Waiting, error: unknown): Promise<void> {
    logger.error({ err: error, deliveryId: one.result.id }, 'delivery.not-recordable')
    const failure = await tryToStore([{ ...one, result: withoutDetails(one.result) }])
    if (failure) one.reject(new Error('The result cannot be stored', { cause: failure.error }))
  }

  return {
    /** Resolves when it is committed, or ignored because the lease was lost. Rejects when it cannot be stored at all. */
    record: (result: DeliveryResult) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ result, resolve, reject })
        // From the next turn of the event loop, so that answers that arrived together are written together.
        if (!writing) {
          writing = true
          setImmediate(() => void drain())
        } else if (enough()) goOn()
      }),
  }
}

function fitting(waiting: Waiting[]): number {
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
