import { createFairQueue } from '@whook/runtime/fair-queue'

interface BodyReservation {
  /** The owner of the request. */
  userId: string
  bytes: number
}

/**
 * A user may hold this many times the free bytes (as in slots.ts): a new user always finds room beside hanging
 * bodies.
 */
const userShare = 2

/**
 * Limits the bytes of large bodies that this worker holds at the same time. A reservation above the free bytes is
 * queued. Users take turns. A body larger than the whole budget is processed alone.
 */
export function createBodyBudget(bytesMax: number) {
  const waiting = createFairQueue<{ bytes: number; start: () => void }>()
  const heldBy = new Map<string, number>()
  let used = 0

  function admit() {
    for (let start = next(); start; start = next()) start()
  }

  /** No later body passes the first one that lacks room: otherwise small bodies starve a large one. */
  function next(): (() => void) | undefined {
    for (const userId of waiting.owners()) {
      const held = heldBy.get(userId) ?? 0
      if (used > 0 && held >= userShare * (bytesMax - used)) continue
      const { bytes } = waiting.first(userId)!
      if (used > 0 && used + bytes > bytesMax) return undefined
      heldBy.set(userId, held + bytes)
      used += bytes
      return waiting.take(userId)!.start
    }
    return undefined
  }

  function release({ userId, bytes }: BodyReservation) {
    const left = heldBy.get(userId)! - bytes
    if (left > 0) heldBy.set(userId, left)
    else heldBy.delete(userId)
    used -= bytes
  }

  return {
    async within<T>(reservation: BodyReservation, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((start) => {
        waiting.push(reservation.userId, { bytes: reservation.bytes, start })
        admit()
      })
      try {
        return await work()
      } finally {
        release(reservation)
        admit()
      }
    },
  }
}

export type BodyBudget = ReturnType<typeof createBodyBudget>
