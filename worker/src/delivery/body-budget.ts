/**
 * Bytes of large bodies this worker holds at once. Who wants more than is left waits in line; one larger than the whole
 * budget goes alone.
 */
export function createBodyBudget(bytesMax: number) {
  const line: { bytes: number; go: () => void }[] = []
  let used = 0

  function admit() {
    while (line.length > 0 && (used === 0 || used + line[0]!.bytes <= bytesMax)) {
      const next = line.shift()!
      used += next.bytes
      next.go()
    }
  }

  return {
    async within<T>(bytes: number, work: () => Promise<T>): Promise<T> {
      await new Promise<void>((go) => {
        line.push({ bytes, go })
        admit()
      })
      try {
        return await work()
      } finally {
        used -= bytes
        admit()
      }
    },
  }
}

export type BodyBudget = ReturnType<typeof createBodyBudget>
