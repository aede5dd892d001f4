import { setTimeout as sleep } from 'node:timers/promises'
import { isAway } from './is-away.js'

interface Options {
  /** Milliseconds after which the last error is passed on. */
  withinMs: number
  everyMs?: number
  /** Told once, at the first error: why the start takes longer than usual. */
  onWaiting?: (error: unknown) => void
  /** Aborted: nobody waits any more. */
  signal?: AbortSignal
}

/**
 * Asks again while a database or queue is away: one that restarts refuses or resets connections for some seconds, and
 * whoever starts beside it has only to wait. Any other error is passed on at once.
 */
export async function untilItAnswers<T>(
  ask: () => Promise<T>,
  { withinMs, everyMs = 250, onWaiting = () => {}, signal }: Options,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (let first = true; ; first = false) {
    try {
      return await ask()
    } catch (error) {
      if (!isAway(error) || performance.now() > deadline) throw error
      if (first) onWaiting(error)
      await sleep(everyMs, undefined, { signal })
    }
  }
}
