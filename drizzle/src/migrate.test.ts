import { describe, expect, it } from 'vitest'
import { migrate } from './migrate.js'
import { createTestDatabase } from '@whook/testing/test-database'

describe('migrate', () => {
  it('succeeds when two processes run it at the same time', async () => {
    await using database = await createTestDatabase()
    await Promise.all([migrate(database.url), migrate(database.url)])
    const partitions = await database.sql`select count(*)::int as n from pg_inherits`
    expect(partitions[0]?.['n']).toBeGreaterThanOrEqual(3 * 9)
  })

  it('stops waiting for a busy lock, and succeeds when the lock is free', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await sql`delete from drizzle.__drizzle_migrations where created_at = (
      select max(created_at) from drizzle.__drizzle_migrations)`
    await sql`drop table deletion, maintenance_task`
    await sql`drop function note_deletion cascade`
    await sql`drop function ensure_partition`
    await sql`drop index replay_running_idx`
    const waiting = () => sql`
      select from pg_locks where not granted and relation = 'webhook'::regclass and database = (
        select oid from pg_database where datname = current_database())`
    let migrating: Promise<void> | undefined
    await sql.begin(async (tx) => {
      await tx`lock table webhook in row exclusive mode`
      migrating = migrate(database.url, { lockSeconds: 1, restMs: 500 })
      await expect.poll(async () => (await waiting()).length).toBe(1)
      await expect.poll(async () => (await waiting()).length).toBe(0)
      await expect.poll(async () => (await waiting()).length).toBe(1)
    })
    await migrating
    expect(await sql`select from deletion`).toHaveLength(0)
  })
})
