import { describe, expect, it } from 'vitest'
import { migrate } from './migrate.js'
import { createTestDatabase } from './testing/test-database.js'

describe('migrate', () => {
  it('runs twice and from two processes at once without harm', async () => {
    await using database = await createTestDatabase()
    await Promise.all([migrate(database.url), migrate(database.url)])
    const partitions = await database.sql`select count(*)::int as n from pg_inherits`
    expect(partitions[0]?.['n']).toBeGreaterThanOrEqual(3 * 9)
  })
})
