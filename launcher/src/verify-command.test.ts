import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@whook/runtime/ids'
import { afterEach, expect, it, vi } from 'vitest'
import { connect } from '@whook/drizzle/client'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { seedQueue } from '@whook/testing/seed-delivery'
import { capturedRequest } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { compactCounters } from '@whook/drizzle/maintenance/compact'
import { verify } from './verify-command.js'

afterEach(() => vi.useRealTimers())

it('waits without a timeout when the recount takes 10 minutes', async () => {
  await using database = await createTestDatabase()
  await using other = connect(database.url, { poolSize: 1, name: 'other client' })
  await seedQueue(database)
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

it('reports a missing batch until it is acknowledged, and still stores it later', async () => {
  await using database = await createTestDatabase()
  const { sql, url } = database
  const { webhook } = await seedQueue(database)
  const instanceId = newId()
  const store = (number: number) =>
    storeBatch(sql, { instanceId, number, refused: [], requests: [capturedRequest(webhook.id)] })
  const check = (options = {}) => verify({ DATABASE_URL: url }, options)
  await store(1)
  await store(3)
  await sql`update accepted_batch set stored_at = now() - interval '2 minutes'`
  expect(await check()).toBe(false)
  expect(await check({ acknowledge: true })).toBe(true)
  expect(await check()).toBe(true)
  await store(5)
  await sql`update accepted_batch set stored_at = now() - interval '2 minutes'`
  expect(await check()).toBe(false)

  expect(await store(2)).toBeDefined()
  expect(await store(4)).toBeDefined()
  await compactCounters(sql)
  expect(await check()).toBe(true)
  expect(await sql`select contiguous_to from accepted_instance where instance_id = ${instanceId}`).toEqual([
    { contiguous_to: 5 },
  ])
  expect(await sql`select from missing_batch`).toEqual([])
})

it('throws and creates no file when the folder has no installation', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'whook mistyped '))
  await expect(verify({ DATA_DIR: dataDir })).rejects.toThrow(`No Whook installation in ${dataDir}`)
  expect(await readdir(dataDir)).toEqual([])
  await rm(dataDir, { recursive: true })
})
