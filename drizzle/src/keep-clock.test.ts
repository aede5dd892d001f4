import { createClock, monotonicMs } from '@whook/runtime/clock'
import { expect, it } from 'vitest'
import { keepClock } from './keep-clock.js'
import { createTestDatabase } from '@whook/testing/test-database'

it("returns the database's time when the process's clock is 100 days ahead, falls back, or jumps", async () => {
  await using database = await createTestDatabase()
  const offset = { ms: 100 * 86_400_000 }
  const clock = createClock({ wall: () => Date.now() + offset.ms })
  const ofDatabase = async () => {
    const [row] = await database.sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`
    return row!['ms'] as number
  }
  const keeping = await keepClock(database.sql, { clock, everyMs: 60_000, watchMs: 5 })
  for (const ms of [offset.ms, 3_600_000, -3_600_000, 0]) {
    offset.ms = ms
    await expect.poll(() => clock.jumped()).toBe(false)
    const startedAt = monotonicMs()
    const [before, now, after] = [await ofDatabase(), clock.now(), await ofDatabase()]
    // The error is at most the response time of the database.
    const errorMs = 50 + monotonicMs() - startedAt
    expect(now).toBeGreaterThan(before - errorMs)
    expect(now).toBeLessThan(after + errorMs)
    expect(Math.abs(clock.wallError() - ms)).toBeLessThan(errorMs)
  }
  await keeping.stop()
})
