import { setTimeout as sleep } from 'node:timers/promises'

export type Breather = ReturnType<typeof createBreather>

/**
 * Runs pieces of synchronous work so that they take at most half of the process: when pieces together took `spentMaxMs`,
 * the next one waits as long as they took, and everything else on the event loop has its turn. Pieces that cost
 * microseconds never wait.
 */
export function createBreather({ spentMaxMs = 15 } = {}) {
  let spentMs = 0
  let pause: Promise<void> | undefined

  return async function run<T>(piece: () => T): Promise<T> {
    // All that wait wake together: the first one runs, and the others may find the next pause.
    while (pause) await pause
    const startedAt = performance.now()
    try {
      return piece()
    } finally {
      spentMs += performance.now() - startedAt
      if (spentMs >= spentMaxMs) {
        pause = sleep(spentMs).then(() => {
          spentMs = 0
          pause = undefined
        })
      }
    }
  }
}
