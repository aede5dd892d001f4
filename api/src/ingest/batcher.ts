import { ApiError } from '@whook/shared'
import type { ByteBudget, ByteLease } from '@whook/runtime/byte-budget'

interface BatcherOptions<T> {
  /** Resolves when every item is durable. */
  send: (items: T[]) => Promise<void>
  inFlightMax: number
  itemsMax: number
  bytesMax: number
  /** Budget for the bytes of items that wait or are in flight. Several batchers can share it. */
  waiting: ByteBudget
  waitingMax: number
  /** Longest wait of an item. An older item is refused, because its sender is about to time out. */
  waitMsMax: number
  now?: () => number
}

interface Item<T> {
  item: T
  bytes: number
  lease: ByteLease
  addedAt: number
  resolve: () => void
  reject: (error: unknown) => void
}

/**
 * Builds micro-batches without a timer: the items that arrive while a batch is in flight form the next batch. An idle
 * process sends a batch of one immediately.
 */
export function createBatcher<T>({
  send,
  inFlightMax,
  itemsMax,
  bytesMax,
  waiting: budget,
  waitingMax,
  waitMsMax,
  now = () => performance.now(),
}: BatcherOptions<T>) {
  let waiting: Item<T>[] = []
  let inFlight = 0
  let scheduled = false
  const idle = new Set<() => void>()

  function schedule() {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      refuseLate()
      while (waiting.length > 0 && inFlight < inFlightMax) void flush(take())
      announceIdle()
    })
  }

  /** Items wait in the order of their arrival, so the oldest are first. */
  function refuseLate() {
    const oldest = now() - waitMsMax
    let count = 0
    while (count < waiting.length && waiting[count]!.addedAt < oldest) count++
    if (count > 0) refuse(waiting.splice(0, count), new ApiError('overloaded', { retryAfterSeconds: 5 }))
  }

  function take(): Item<T>[] {
    let [count, bytes] = [0, 0]
    while (
      count < waiting.length &&
      count < itemsMax &&
      (count === 0 || bytes + waiting[count]!.bytes <= bytesMax)
    ) {
      bytes += waiting[count++]!.bytes
    }
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return batch
  }

  /**
   * A failed batch does not fail the batches behind it: while no sink is available, `send` rejects each immediately.
   */
  async function flush(batch: Item<T>[]) {
    inFlight++
    try {
      await send(batch.map(({ item }) => item))
      for (const { lease, resolve } of batch) {
        lease.release()
        resolve()
      }
    } catch (error) {
      refuse(batch, error)
    } finally {
      inFlight--
      if (waiting.length > 0) schedule()
      else announceIdle()
    }
  }

  function announceIdle() {
    if (waiting.length === 0 && inFlight === 0) idle.forEach((resolve) => resolve())
  }

  return {
    /** Resolves when the item is durable; rejects when this is not certain. `owners` own the bytes in the budget. */
    add(item: T, bytes: number, owners: readonly string[]): Promise<void> {
      const lease = budget.open(owners)
      if (waiting.length >= waitingMax || !lease.add(bytes)) {
        return Promise.reject(new ApiError('overloaded', { retryAfterSeconds: 1 }))
      }
      return new Promise((resolve, reject) => {
        waiting.push({ item, bytes, lease, addedAt: now(), resolve, reject })
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

function refuse<T>(items: Item<T>[], error: unknown) {
  for (const { lease, reject } of items) {
    lease.release()
    reject(error)
  }
}
