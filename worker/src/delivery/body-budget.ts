interface Wish {
  /** Whose body it is. */
  userId: string
  bytes: number
}

/** Times what is left free, as in lanes: somebody new finds room, however many large bodies of another hang. */
const userShare = 2

/**
 * Bytes of large bodies this worker holds at once. Who wants more than is left waits in line, users in turn; one larger
 * than the whole budget goes alone.
 */
export function createBodyBudget(bytesMax: number) {
  const lines = new Map<string, { bytes: number; go: () => void }[]>()
  const heldBy = new Map<string, number>()
  let used = 0

  function admit() {
    for (let go = next(); go; go = next()) go()
  }

  /** Who only lacks room is passed by nobody: a large body would wait for ever behind small ones. */
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

  function giveBack({ userId, bytes }: Wish) {
    const left = heldBy.get(userId)! - bytes
    if (left > 0) heldBy.set(userId, left)
    else heldBy.delete(userId)
    used -= bytes
  }

  return {
    async within<T>(wish: Wish, work: () => Promise<T>): Promise<T> {
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
