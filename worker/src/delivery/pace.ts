/** Measures the ended attempts per `windowMs`, over the last whole window. */
export function createPace(now: () => number, windowMs = 100) {
  let startedAt = now()
  let ended = 0
  let last = 0

  function turn() {
    const elapsed = now() - startedAt
    if (elapsed < windowMs) return
    last = (ended * windowMs) / elapsed
    startedAt = now()
    ended = 0
  }

  return {
    ended() {
      ended++
      turn()
    },
    get() {
      turn()
      return Math.floor(last)
    },
  }
}

export type Pace = ReturnType<typeof createPace>
