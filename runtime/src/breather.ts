import { setTimeout as sleep } from 'node:timers/promises'

export type Breather = ReturnType<typeof createBreather>

/**
 * Limits synchronous work to about half of the event loop's time. After pieces of work took `spentMaxMs` together, the next
 * piece waits for the same time. Other work on the event loop runs meanwhile. Pieces of microseconds never wait.
 */
export function createBreather({ spentMaxMs = 15 } = {}) {
  let spentMs = 0
  let pause: Promise<void> | undefined

  return async function run<T>(piece: () => T): Promise<T> {
    // All waiting callers wake together. The first one runs; the others may have to wait for the next pause.
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
