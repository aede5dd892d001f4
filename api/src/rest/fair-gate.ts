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

interface UserWork {
  running: number
  waiting: (() => void)[]
}

/**
 * Limits concurrent work per user and in total. Users alternate: a call of one user waits for at most one call of a
 * user with a thousand waiting calls. Throws ApiError `rate-limited` (429) when the queue is full or the wait too long.
 */
export function createFairGate(options: FairGateOptions) {
  const { name, perUser, inSum = Infinity, waitingMax = 0, waitMsMax = 0, onRefused } = options
  /** Only users with work, least recently started first. */
  const users = new Map<string, UserWork>()
  let running = 0

  function refusal(): ApiError {
    onRefused?.()
    return new ApiError('rate-limited', {
      detail: `At most ${perUser} concurrent ${name} per user; retry when one has finished`,
      retryAfterSeconds: 1,
    })
  }

  function begin(userId: string, user: UserWork) {
    user.running++
    running++
    users.delete(userId)
    users.set(userId, user)
  }

  /** Starts work of the user with the least running work; of several users, the least recently started one. */
  function startWaiting() {
    while (running < inSum) {
      let next: [string, UserWork] | undefined
      for (const entry of users) {
        const [, user] = entry
        if (user.waiting.length === 0 || user.running >= perUser) continue
        if (!next || user.running < next[1].running) next = entry
      }
      if (!next) return
      begin(...next)
      next[1].waiting.shift()!()
    }
  }

  function end(userId: string, user: UserWork) {
    user.running--
    running--
    forgetIdle(userId, user)
    startWaiting()
  }

  function forgetIdle(userId: string, user: UserWork) {
    if (user.running === 0 && user.waiting.length === 0) users.delete(userId)
  }

  function turn(userId: string, user: UserWork): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        user.waiting.splice(user.waiting.indexOf(start), 1)
        forgetIdle(userId, user)
        reject(refusal())
      }, waitMsMax)
      user.waiting.push(start)
    })
  }

  /** Waits for permission to start. Returns a function that the caller must call when the work ends. */
  async function enter(userId: string): Promise<() => void> {
    const user = users.get(userId) ?? { running: 0, waiting: [] }
    if (user.running < perUser && running < inSum) begin(userId, user)
    else if (user.waiting.length >= waitingMax) throw refusal()
    else {
      users.set(userId, user)
      await turn(userId, user)
    }
    let isDone = false
    return () => {
      if (!isDone) end(userId, user)
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
