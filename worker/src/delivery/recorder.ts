import type { DeliveryResult, recordAttempts } from '@whook/drizzle/deliveries/record-attempts'
import type { Logger } from '@whook/shared/server/logger'
import { setTimeout as sleep } from 'node:timers/promises'

type Recorded = Awaited<ReturnType<typeof recordAttempts>>

interface Deps {
  write: (results: DeliveryResult[]) => Promise<Recorded>
  /** After the commit. Must not throw. */
  recorded: (answer: Recorded, results: DeliveryResult[]) => void
  /** Whether further results may be on their way. */
  moreComing: () => boolean
  logger: Pick<Logger, 'error' | 'warn'>
}

interface Waiting {
  result: DeliveryResult
  resolve: () => void
}

const batchMax = 500
const batchBytesMax = 4 * 1024 * 1024
/** A statement costs as much as twenty of the results in it: it waits so long for more, or until there are so many. */
const gatherMs = 25
const gatherMax = 250

/**
 * Gathers the results of concurrent deliveries: all that ended while the last write was on its way go out together.
 * A result is kept until PostgreSQL took it, however long it is away.
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
      await store(batch.map(({ result }) => result))
      for (const { resolve } of batch) resolve()
    }
    writing = false
  }

  async function store(results: DeliveryResult[]): Promise<void> {
    for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2000)) {
      try {
        recorded(await write(results), results)
        return
      } catch (error) {
        if (isDataError(error)) return separate(results, error)
        logger.warn({ err: error, results: results.length }, 'deliveries.record-delayed')
        await sleep(delayMs)
      }
    }
  }

  /** PostgreSQL refuses a value: it must cost its own delivery's details, not its neighbours' results. */
  async function separate(results: DeliveryResult[], error: unknown): Promise<void> {
    if (results.length > 1) {
      const half = results.length >> 1
      await store(results.slice(0, half))
      return store(results.slice(half))
    }
    const [result] = results as [DeliveryResult]
    logger.error({ err: error, deliveryId: result.id }, 'delivery.not-recordable')
    const bare = withoutDetails(result)
    if (result.attempt?.error !== bare.attempt?.error) await store([bare])
  }

  return {
    /** Resolves when it is committed, or refused because the lease was lost. */
    record: (result: DeliveryResult) =>
      new Promise<void>((resolve) => {
        waiting.push({ result, resolve })
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

/** SQLSTATE class 22 (data exception). */
const isDataError = (error: unknown) =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('22')

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
