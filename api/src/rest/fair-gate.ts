import { createFairQueue } from '@whook/runtime/fair-queue'
import { ApiError } from '@whook/shared'

export interface FairGateOptions {
  /** Plural name of the limited work in the error, such as `searches`. */
  name: string
  /** Maximum of concurrent work of one user. */
  perUser: number
  /** Maximum of concurrent work of all users. */
  inSum?: number
  /** Maximum of waiting work of one user. With 0, work above `perUser` is refused immediately. */
  waitingMax?: number
  waitMsMax?: number
  onRefused?: () => void
}

/**
 * Limits concurrent work per user and in total. Users alternate: a call of one user waits for at most one call of a
 * user with a thousand waiting calls. Throws ApiError `rate-limited` (429) when the queue is full or the wait too long.
 */
export function createFairGate(options: FairGateOptions) {
  const { name, perUser, inSum = Infinity, waitingMax = 0, waitMsMax = 0, onRefused } = options
  /** Only users with running work. */
  const runningOf = new Map<string, number>()
  const waiting = createFairQueue<() => void>()
  let running = 0

  function refusal(): ApiError {
    onRefused?.()
    return new ApiError('rate-limited', {
      detail: `At most ${perUser} concurrent ${name} per user; retry when one has finished`,
      retryAfterSeconds: 1,
    })
  }

  function begin(userId: string) {
    runningOf.set(userId, (runningOf.get(userId) ?? 0) + 1)
    running++
  }

  function end(userId: string) {
    const left = runningOf.get(userId)! - 1
    if (left > 0) runningOf.set(userId, left)
    else runningOf.delete(userId)
    running--
    startWaiting()
  }

  function startWaiting() {
    while (running < inSum) {
      const userId = nextUser()
      if (userId === undefined) return
      begin(userId)
      waiting.take(userId)!()
    }
  }

  /** Returns the waiting user with the least running work; of several users, the least recently served one. */
  function nextUser(): string | undefined {
    let next: string | undefined
    let least = perUser
    for (const userId of waiting.owners()) {
      const own = runningOf.get(userId) ?? 0
      if (own >= least) continue
      next = userId
      least = own
    }
    return next
  }

  function waitForStart(userId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.remove(userId, start)
        reject(refusal())
      }, waitMsMax)
      waiting.push(userId, start)
    })
  }

  /** Waits for permission to start. Returns a function that the caller must call when the work ends. */
  async function enter(userId: string): Promise<() => void> {
    if ((runningOf.get(userId) ?? 0) < perUser && running < inSum) begin(userId)
    else if (waiting.lengthOf(userId) >= waitingMax) throw refusal()
    else await waitForStart(userId)
    let isDone = false
    return () => {
      if (!isDone) end(userId)
      isDone = true
    }
  }

  return {
    enter,
    async run<T>(userId: string, work: () => Promise<T>): Promise<T> {
      const leave = await enter(userId)
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}

export type FairGate = ReturnType<typeof createFairGate>
