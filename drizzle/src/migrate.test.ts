import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { migrate, migrationsFolder } from './migrate.js'
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
    const folder = await withOneMore('alter table webhook add column one_more integer')
    const waiting = () => sql`
      select from pg_locks where not granted and relation = 'webhook'::regclass and database = (
        select oid from pg_database where datname = current_database())`
    let migrating: Promise<void> | undefined
    await sql.begin(async (tx) => {
      await tx`lock table webhook in row exclusive mode`
      migrating = migrate(database.url, { lockSeconds: 1, restMs: 500, folder })
      await expect.poll(async () => (await waiting()).length).toBe(1)
      await expect.poll(async () => (await waiting()).length).toBe(0)
      await expect.poll(async () => (await waiting()).length).toBe(1)
    })
    await migrating
    expect(await sql`select one_more from webhook`).toHaveLength(0)
  })
})

/** A copy of the migrations folder with one more migration at its end. */
async function withOneMore(statement: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'whook-migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp(migrationsFolder, folder, { recursive: true })
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(await readFile(file, 'utf8')) as { entries: { idx: number; when: number }[] }
  const last = journal.entries.at(-1)!
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: 'one-more' } as typeof last)
  await writeFile(file, JSON.stringify(journal))
  await writeFile(join(folder, 'one-more.sql'), statement)
  return folder
}
