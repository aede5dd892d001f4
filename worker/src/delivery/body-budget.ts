interface BodyReservation {
  /** The owner of the request. */
  userId: string
  bytes: number
}

/**
 * A user may hold this many times the free bytes (as in lanes.ts): a new user always finds room beside hanging
 * bodies.
 */
const userShare = 2

/**
 * Limits the bytes of large bodies that this worker holds at the same time. A reservation above the free bytes is
 * queued. Users take turns. A body larger than the whole budget is processed alone.
 */
export function createBodyBudget(bytesMax: number) {
  const lines = new Map<string, { bytes: number; go: () => void }[]>()
  const heldBy = new Map<string, number>()
  let used = 0

  function admit() {
    for (let go = next(); go; go = next()) go()
  }

  /** No later body passes the first one that lacks room: otherwise small bodies starve a large one. */
  function next(): (() => void) | undefined {
    for (const [userId, line] of lines) {
      const held = heldBy.get(userId) ?? 0
      if (used > 0 && held >= userShare * (bytesMax - used)) continue
      const { bytes, go } = line[0]!
      if (used > 0 && used + bytes > bytesMax) return undefined
      line.shift()
      lines.delete(userId)
      if (line.length > 0) lines.set(userId, line)
      heldBy.set(userId, held + bytes)
      used += bytes
      return go
    }
    return undefined
  }

  function giveBack({ userId, bytes }: BodyReservation) {
    const left = heldBy.get(userId)! - bytes
    if (left > 0) heldBy.set(userId, left)
    else heldBy.delete(userId)
    used -= bytes
  }

  return {
    async within<T>(wish: BodyReservation, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((go) => {
        const line = lines.get(wish.userId) ?? []
        line.push({ bytes: wish.bytes, go })
        lines.set(wish.userId, line)
        admit()
      })
      try {
        return await work()
      } finally {
        giveBack(wish)
        admit()
      }
    },
  }
}

export type BodyBudget = ReturnType<typeof createBodyBudget>
