import { ApiError } from '@whook/shared'

interface Options<T> {
  /** Resolves when every item is durable. */
  send: (items: T[]) => Promise<void>
  inFlightMax: number
  itemsMax: number
  bytesMax: number
  /** Items waiting beyond this are refused at once: a queue without bound is memory without bound. */
  waitingMax: number
  waitingBytesMax: number
}

interface Waiting<T> {
  item: T
  bytes: number
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Micro-batches by what is in flight, not by a timer: whatever arrived while the last batch was being made durable goes
 * out together. An idle process sends a batch of one at once.
 */
export function createBatcher<T>({
  send,
  inFlightMax,
  itemsMax,
  bytesMax,
  waitingMax,
  waitingBytesMax,
}: Options<T>) {
  let waiting: Waiting<T>[] = []
  let waitingBytes = 0
  let inFlight = 0
  let scheduled = false
  const idle = new Set<() => void>()

  function schedule() {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      while (waiting.length > 0 && inFlight < inFlightMax) void flush(take())
    })
  }

  function take(): Waiting<T>[] {
    let [count, bytes] = [0, 0]
    while (
      count < waiting.length &&
      count < itemsMax &&
      (count === 0 || bytes + waiting[count]!.bytes <= bytesMax)
    ) {
      bytes += waiting[count++]!.bytes
    }
    waitingBytes -= bytes
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return batch
  }

  async function flush(batch: Waiting<T>[]) {
    inFlight++
    try {
      await send(batch.map(({ item }) => item))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      refuse(batch, error)
      // Nothing durable answered just now: whoever waits behind would only wait for the same answer.
      const rest = waiting
      waiting = []
      waitingBytes = 0
      refuse(rest, error)
    } finally {
      inFlight--
      if (waiting.length > 0) schedule()
      else if (inFlight === 0) idle.forEach((resolve) => resolve())
    }
  }

  return {
    /** Resolves when the item is durable, rejects when it is not known to be. */
    add(item: T, bytes: number): Promise<void> {
      if (waiting.length >= waitingMax || waitingBytes + bytes > waitingBytesMax) {
        return Promise.reject(new ApiError('unavailable', { retryAfterSeconds: 1 }))
      }
      waitingBytes += bytes
      return new Promise((resolve, reject) => {
        waiting.push({ item, bytes, resolve, reject })
        schedule()
      })
    },
    /** Resolves when nothing waits and nothing is in flight. */
    async drained(): Promise<void> {
      if (waiting.length === 0 && inFlight === 0) return
      await new Promise<void>((resolve) => idle.add(resolve))
    },
  }
}

function refuse<T>(items: Waiting<T>[], error: unknown) {
  for (const { reject } of items) reject(error)
}
