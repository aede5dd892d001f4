import { setTimeout as sleep } from 'node:timers/promises'
import { isUnavailable } from './is-unavailable.js'

interface RetryOptions {
  /** Milliseconds until the last error is thrown. */
  withinMs: number
  everyMs?: number
  /** Called once, with the first error, to log why the start takes longer. */
  onWaiting?: (error: unknown) => void
  /** Ends the wait when aborted. */
  signal?: AbortSignal
}

/**
 * Retries while a database or queue is unavailable: during its restart it refuses or resets connections for some seconds.
 * Throws other errors immediately.
 */
export async function retryUntilAvailable<T>(
  operation: () => Promise<T>,
  { withinMs, everyMs = 250, onWaiting = () => {}, signal }: RetryOptions,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (let first = true; ; first = false) {
    try {
      return await operation()
    } catch (error) {
      if (!isUnavailable(error) || performance.now() > deadline) throw error
      if (first) onWaiting(error)
      await sleep(everyMs, undefined, { signal })
    }
  }
}
