import { afterEach, expect, it, vi } from 'vitest'
import { connect } from '../client.js'
import { seedLane } from '../testing/seed-delivery.js'
import { createTestDatabase } from '../testing/test-database.js'
import { verify } from './verify-command.js'

afterEach(() => vi.useRealTimers())

it('waits for PostgreSQL as long as the count takes: nothing is heard of it meanwhile', async () => {
  await using database = await createTestDatabase()
  await using other = connect(database.url, { poolSize: 1, name: 'somebody else' })
  await seedLane(database)
  await other.sql`select 1`
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let verified: Promise<boolean> | undefined
  await other.sql.begin(async (tx) => {
    await tx`lock table delivery in access exclusive mode`
    verified = verify({ DATABASE_URL: database.url })
    await vi.waitFor(async () =>
      expect(
        await database.sql`select from pg_stat_activity where application_name = 'whook verify' and wait_event_type = 'Lock'`,
      ).toHaveLength(1),
    )
    await vi.advanceTimersByTimeAsync(600_000)
  })
  expect(await verified).toBe(true)
})
