import { ApiError } from '@whook/shared'

/** Lets one user have `max` pieces of work in progress at once; more are refused with 429 at once. */
export function createInProgress(max: number, what: string) {
  const counts = new Map<string, number>()

  return async function run<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const count = counts.get(userId) ?? 0
    if (count >= max) {
      throw new ApiError('rate-limited', { detail: `At most ${max} ${what} at once`, retryAfterSeconds: 1 })
    }
    counts.set(userId, count + 1)
    try {
      return await work()
    } finally {
      const left = counts.get(userId)! - 1
      if (left > 0) counts.set(userId, left)
      else counts.delete(userId)
    }
  }
}
