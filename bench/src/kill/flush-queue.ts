import type { IngestRequestsJob } from '@whook/shared'
import { Redis } from 'ioredis'
import { median } from '../rounds.js'
import type { SenderLog } from './sender.js'

export interface QueueFlush {
  /** Milliseconds of the monotonic clock. */
  at: number
  /** Nonces of the requests in the queue at that moment: waiting, or being processed by a worker. */
  held: string[]
}

/** The acknowledged requests lost by flushes. */
export interface FlushLosses {
  held: number
  lost: number
  /** Milliseconds between the response to a lost request and its flush. */
  medianMs: number
  oldestMs: number
  /** Per flush: number of lost requests and age of the oldest one. */
  each: { lost: number; oldestMs: number }[]
}

/** One script, so that reading and flushing are atomic. */
const lookAndFlush = `
  local held = {}
  local function take(ids)
    for _, id in ipairs(ids) do table.insert(held, redis.call('hget', 'whook:ingest:' .. id, 'data')) end
  end
  take(redis.call('lrange', 'whook:ingest:wait', 0, -1))
  take(redis.call('lrange', 'whook:ingest:active', 0, -1))
  take(redis.call('zrange', 'whook:ingest:delayed', 0, -1))
  redis.call('flushall')
  return held`

export async function flushQueue(url: string): Promise<QueueFlush> {
  const redis = new Redis(url)
  try {
    const jobs = (await redis.eval(lookAndFlush, 0)) as string[]
    return { at: performance.now(), held: jobs.flatMap(noncesOf) }
  } finally {
    redis.disconnect()
  }
}

const noncesOf = (job: string) =>
  (JSON.parse(job) as IngestRequestsJob).requests.map(
    ({ text }) => (JSON.parse(text ?? '') as { nonce: string }).nonce,
  )

export const heldBy = (flushes: readonly QueueFlush[]) => new Set(flushes.flatMap(({ held }) => held))

/** Ignores requests without a response: the queue may contain them, but their sender got no promise. */
export function flushLosses(
  flushes: readonly QueueFlush[],
  { acknowledged }: Pick<SenderLog, 'acknowledged'>,
  stored: ReadonlySet<string>,
): FlushLosses {
  const answered = flushes.map(({ at, held }) =>
    held.flatMap((nonce) => {
      const answeredAt = acknowledged.get(nonce)
      return answeredAt === undefined ? [] : [{ nonce, ageMs: Math.round(Math.max(0, at - answeredAt)) }]
    }),
  )
  const agesEach = answered.map((held) =>
    held.filter(({ nonce }) => !stored.has(nonce)).map(({ ageMs }) => ageMs),
  )
  const ages = agesEach.flat()
  return {
    held: answered.flat().length,
    lost: ages.length,
    medianMs: ages.length > 0 ? median(ages) : 0,
    oldestMs: Math.max(0, ...ages),
    each: agesEach.map((lost) => ({ lost: lost.length, oldestMs: Math.max(0, ...lost) })),
  }
}
