import { setTimeout as sleep } from 'node:timers/promises'

const pauseMsMin = 250
export const pauseMsMax = 10_000

interface RestartSettings<T> {
  start: () => Promise<T>
  /** Aborted when the launcher stops. */
  signal: AbortSignal
  /** Called with the milliseconds until the next start. */
  onFailed: (error: Error, pauseMs: number) => void
  /** Milliseconds before the first start. */
  firstPauseMs?: number
}

/**
 * Restarts a crashed process. Repeats a failed start with exponential backoff, without limit: the cause may be
 * temporary, such as a full disk. Resolves to undefined when the launcher stops.
 */
export async function restartWithBackoff<T>({
  start,
  signal,
  onFailed,
  firstPauseMs = pauseMsMin,
}: RestartSettings<T>): Promise<T | undefined> {
  for (let pauseMs = firstPauseMs; ;) {
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return undefined
    try {
      return await start()
    } catch (error) {
      pauseMs = Math.min(Math.max(pauseMs * 2, pauseMsMin), pauseMsMax)
      if (!signal.aborted) onFailed(error as Error, pauseMs)
    }
  }
}
