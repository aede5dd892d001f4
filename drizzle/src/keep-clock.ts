import { clock as processClock, monotonicMs, type Clock } from '@whook/runtime/clock'
import { withTimeout } from '@whook/runtime/with-timeout'
import type { Sql } from './client.js'

/** An answer that took longer says too little. */
const answerMs = 2000

interface Options {
  clock?: Pick<Clock, 'learn' | 'jumped'>
  everyMs?: number
  /** How often the wall clock is compared with the monotonic one: a jump is measured at once. */
  watchMs?: number
}

/**
 * Keeps this process's clock by the database's: now, every half minute, and when the machine slept or its clock was set.
 * A quartz drifts by at most 100 ppm, which is 3 ms in that time. A database that does not answer changes nothing.
 */
export async function keepClock(
  sql: Sql,
  { clock = processClock, everyMs = 30_000, watchMs = 1000 }: Options = {},
) {
  let measuredAt = -Infinity
  let measuring: Promise<void> | undefined

  async function measure() {
    measuredAt = monotonicMs()
    try {
      const askedAt = monotonicMs()
      const answer = sql<[{ ms: number }]>`
        select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`
      const [row] = await withTimeout(answer, answerMs, 'the time of the database')
      clock.learn(row.ms, askedAt, monotonicMs())
    } catch {
      // The database is away: the last measurement stays good, and the pool's users log why.
    } finally {
      measuring = undefined
    }
  }

  const timer = setInterval(() => {
    if (clock.jumped() || monotonicMs() - measuredAt >= everyMs) measuring ??= measure()
  }, watchMs).unref()
  measuring = measure()
  await measuring
  // The first statement of a connection also pays for opening it: the second is the precise one.
  measuring = measure()
  await measuring

  return {
    async stop() {
      clearInterval(timer)
      await measuring
    },
  }
}
