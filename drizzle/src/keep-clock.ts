import { clock as processClock, monotonicMs, type Clock } from '@whook/runtime/clock'
import { withTimeout } from '@whook/runtime/with-timeout'
import type { Sql } from './client.js'

/** Milliseconds after which a measurement is discarded as too imprecise. */
const answerMs = 2000

interface KeepClockOptions {
  clock?: Pick<Clock, 'addMeasurement' | 'jumped'>
  everyMs?: number
  /** Milliseconds between two comparisons of the wall clock with the monotonic clock. A jump triggers a measurement. */
  watchMs?: number
}

/**
 * Synchronises this process's clock with the clock of the database: now, every 30 seconds, and after the machine
 * slept or its clock was set. A quartz drifts by at most 100 ppm, which is 3 ms in 30 seconds. An unreachable
 * database changes nothing.
 */
export async function keepClock(
  sql: Sql,
  { clock = processClock, everyMs = 30_000, watchMs = 1000 }: KeepClockOptions = {},
) {
  let measuredAt = -Infinity
  let measuring: Promise<void> | undefined

  async function measure() {
    measuredAt = monotonicMs()
    try {
      const sentAt = monotonicMs()
      const measured = sql<[{ ms: number }]>`
        select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`
      const [row] = await withTimeout(measured, answerMs, 'the time of the database')
      clock.addMeasurement(row.ms, sentAt, monotonicMs())
    } catch {
      // The database is unavailable. The last measurement stays valid, and the users of the pool log the error.
    } finally {
      measuring = undefined
    }
  }

  const timer = setInterval(() => {
    if (clock.jumped() || monotonicMs() - measuredAt >= everyMs) measuring ??= measure()
  }, watchMs).unref()
  measuring = measure()
  await measuring
  // The first measurement includes opening the connection, so a second one is needed for precision.
  measuring = measure()
  await measuring

  return {
    async stop() {
      clearInterval(timer)
      await measuring
    },
  }
}
