import type { UserUsage } from '@whook/drizzle/queries/user/read-usage'
import type { ProblemCode } from '@whook/shared'
import { createBoundedCache } from '@whook/runtime/bounded-cache'
import { monotonicMs } from '@whook/runtime/clock'
import type { Quotas } from '@whook/runtime/config'

interface UsageTrackerOptions {
  quotas: Pick<Quotas, 'storedBytes' | 'requestsPerDay'>
  read: (userIds: string[]) => Promise<UserUsage[]>
  onReadFailed: (error: unknown) => void
  onReached: (quota: 'storedBytes' | 'requestsPerDay') => void
  now?: () => number
  refreshMs?: number
  usersMax?: number
}

export interface QuotaRefusal {
  code: Extract<ProblemCode, 'quota-reached' | 'storage-full'>
  detail: string
  retryAfterSeconds: number
}

/** Bytes and requests of one user: read from the counters, or accepted by this process since that read. */
interface Amount {
  bytes: number
  requests: number
}

interface TrackedUser {
  read: Amount
  accepted: Amount
  /** The part of `accepted` since the current read began. */
  acceptedMeanwhile: Amount
  dayEndsAt: number
  seenAt: number
}

/** Users in one read. More users need several reads. */
const readAtOnce = 500
const forgottenAfterMs = 600_000
/** Reading takes at most a tenth of the time. */
const restFactor = 10
const dayMs = 86_400_000
const nothing = (): Amount => ({ bytes: 0, requests: 0 })

/**
 * Enforces stored bytes and requests per day without a query in the accept path: the counters of active users are read
 * in the background. A user can exceed a quota by the requests that other api processes accept between two reads, and
 * by the requests in the queue. All requests of a user are accepted until the first read.
 */
export function createUsageTracker(options: UsageTrackerOptions) {
  const { quotas, read, onReadFailed, onReached } = options
  const { now = monotonicMs, refreshMs = 5000, usersMax = 50_000 } = options
  const isOff = quotas.storedBytes === Infinity && quotas.requestsPerDay === Infinity
  /** Ordered by last read, oldest first. */
  const users = createBoundedCache<string, TrackedUser>({ entriesMax: usersMax })
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | undefined
  /** No read begins earlier. */
  let restsUntil = 0

  function entryOf(userId: string): TrackedUser {
    const known = users.peek(userId)
    if (known) return known
    const entry = {
      read: nothing(),
      accepted: nothing(),
      acceptedMeanwhile: nothing(),
      dayEndsAt: Infinity,
      seenAt: now(),
    }
    users.set(userId, entry)
    // The first read of a user does not wait for the interval.
    if (!reading) schedule(Math.max(0, restsUntil - now()))
    return entry
  }

  function schedule(afterMs: number) {
    clearTimeout(timer)
    timer = setTimeout(() => void refresh(), afterMs).unref()
  }

  function refresh(): Promise<void> {
    clearTimeout(timer)
    return (reading ??= readSome().finally(() => (reading = undefined)))
  }

  async function readSome(): Promise<void> {
    const startedAt = now()
    for (const [userId, { seenAt }] of users) if (startedAt - seenAt > forgottenAfterMs) users.delete(userId)
    const picked = new Map([...users].slice(0, readAtOnce))
    if (picked.size === 0) return
    for (const entry of picked.values()) entry.acceptedMeanwhile = nothing()
    try {
      for (const usage of await read([...picked.keys()])) update(picked.get(usage.userId)!, usage)
      for (const userId of picked.keys()) users.use(userId)
    } catch (error) {
      onReadFailed(error)
    } finally {
      const restMs = Math.max(refreshMs / 10, (now() - startedAt) * restFactor)
      restsUntil = now() + restMs
      schedule(users.size > readAtOnce ? restMs : Math.max(refreshMs, restMs))
    }
  }

  function update(entry: TrackedUser, usage: UserUsage) {
    entry.read = { bytes: usage.storedBytes, requests: usage.requestsToday }
    entry.accepted = entry.acceptedMeanwhile
    entry.dayEndsAt = now() + usage.secondsLeftToday * 1000
  }

  function beginDay(entry: TrackedUser) {
    entry.read.requests = 0
    entry.accepted.requests = 0
    entry.acceptedMeanwhile.requests = 0
    entry.dayEndsAt += dayMs
  }

  return {
    /** Returns why the user's next request is refused; undefined while the user is within the quotas. */
    refusal(userId: string): QuotaRefusal | undefined {
      if (isOff) return undefined
      const entry = entryOf(userId)
      entry.seenAt = now()
      if (entry.seenAt >= entry.dayEndsAt) beginDay(entry)
      const { read: known, accepted } = entry
      if (known.bytes + accepted.bytes >= quotas.storedBytes) {
        onReached('storedBytes')
        return storageFull(quotas.storedBytes)
      }
      if (known.requests + accepted.requests >= quotas.requestsPerDay) {
        onReached('requestsPerDay')
        return dayFull(quotas.requestsPerDay, entry.dayEndsAt - entry.seenAt)
      }
      return undefined
    },
    /** Counts an accepted request until the counters include it. */
    accepted(userId: string, bytes: number) {
      const entry = users.peek(userId)
      if (!entry) return
      add(entry.accepted, bytes)
      // Both are the same object until the next read begins.
      if (entry.acceptedMeanwhile !== entry.accepted) add(entry.acceptedMeanwhile, bytes)
    },
    refresh,
    async stop() {
      await reading
      clearTimeout(timer)
    },
  }
}

function add(amount: Amount, bytes: number) {
  amount.bytes += bytes
  amount.requests++
}

export type UsageTracker = ReturnType<typeof createUsageTracker>

const storageFull = (max: number): QuotaRefusal => ({
  code: 'storage-full',
  detail: `The user of this webhook may store ${max} bytes (QUOTA_STORED_BYTES); delete requests or shorten the retention`,
  retryAfterSeconds: 600,
})

const dayFull = (max: number, leftMs: number): QuotaRefusal => ({
  code: 'quota-reached',
  detail: `The user of this webhook may receive ${max} requests per day (QUOTA_REQUESTS_PER_DAY); the next day begins at 00:00 UTC`,
  retryAfterSeconds: Math.ceil(Math.min(leftMs, dayMs) / 1000),
})
