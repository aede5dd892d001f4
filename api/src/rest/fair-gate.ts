import { ApiError } from '@whook/shared'

export interface FairGateOptions {
  /** What is limited, for the error: `searches`. */
  name: string
  /** Pieces of work of one user that run at once. */
  perUser: number
  /** Of all users together. */
  inSum?: number
  /** Pieces of work of one user that wait for a free place. With 0, work above `perUser` is refused at once. */
  waitingMax?: number
  waitMsMax?: number
  onRefused?: () => void
}

interface User {
  running: number
  waiting: (() => void)[]
}

/**
 * Limits the work of one user and of all users. Users take turns: a thousand waiting calls of one user delay a call of
 * another by one. Work that cannot wait, or has waited too long, is refused with 429.
 */
export function createFairGate(options: FairGateOptions) {
  const { name, perUser, inSum = Infinity, waitingMax = 0, waitMsMax = 0, onRefused } = options
  /** Only users with work, least recently begun first. */
  const users = new Map<string, User>()
  let running = 0

  function refusal(): ApiError {
    onRefused?.()
    return new ApiError('rate-limited', {
      detail: `At most ${perUser} ${name} of one user run at once; retry when one has ended`,
      retryAfterSeconds: 1,
    })
  }

  function begin(userId: string, user: User) {
    user.running++
    running++
    users.delete(userId)
    users.set(userId, user)
  }

  /** A free place goes to the user with the least running work, of several to the one that began least recently. */
  function startWaiting() {
    while (running < inSum) {
      let next: [string, User] | undefined
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

  function end(userId: string, user: User) {
    user.running--
    running--
    forgetIdle(userId, user)
    startWaiting()
  }

  function forgetIdle(userId: string, user: User) {
    if (user.running === 0 && user.waiting.length === 0) users.delete(userId)
  }

  function turn(userId: string, user: User): Promise<void> {
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

  /** Waits for a place; the caller frees it with the function that is returned. */
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
