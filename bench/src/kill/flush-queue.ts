import type { IngestRequestsJob } from '@whook/shared'
import { Redis } from 'ioredis'
import { median } from '../rounds.js'
import type { SenderLog } from './sender.js'

export interface QueueFlush {
  /** On this machine's steady clock. */
  at: number
  /** Nonces of the requests that the queue held in that very moment: waiting, or in a worker's hands. */
  held: string[]
}

/** What flushes did to what was answered 202. */
export interface FlushLosses {
  held: number
  lost: number
  /** Between the answer to a lost request and the flush that took it. */
  medianMs: number
  oldestMs: number
  /** Flush by flush: how many were lost, and how old the oldest was. */
  each: { lost: number; oldestMs: number }[]
}

/** One script, so that there is no moment between the look and the flush. */
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

/** Also of those that were never answered: the queue may hold them all the same, and nobody was promised anything. */
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
