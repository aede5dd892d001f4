import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import type { Sql } from '../client.js'
import { verifyLedger } from '../queries/ledger/verify-ledger.js'
import { storeBatch } from '../queries/request/store-batch.js'
import { seedQueue } from '@whook/testing/seed-delivery'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { compactCounters } from './compact.js'

/** A webhook, and a function that stores batches of one api process. */
async function withInstance() {
  const database = await createTestDatabase()
  const { sql } = database
  const { id: webhookId } = await seedWebhook(database.db)
  const instanceId = newId()
  const store = (number: number, refused: number[] = []) =>
    storeBatch(sql, { instanceId, number, refused, requests: [capturedRequest(webhookId)] })
  return { ...database, instanceId, store, [Symbol.asyncDispose]: database.drop }
}

const aged = (sql: Sql) => sql`update accepted_batch set stored_at = now() - interval '10 minutes'`
const folded = async (sql: Sql) => [
  ...(await sql`select contiguous_to, requests::int from accepted_instance`),
]
const missing = async (sql: Sql) =>
  (await sql`select number from missing_batch order by number`).map((row) => row['number'] as number)
const waiting = async (sql: Sql, table: string) => (await sql`select from ${sql(table)}`).length

describe('compactCounters', () => {
  it('folds all rows of a large backlog in one run', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database)
    await sql`
      insert into webhook_delta (webhook_id, minute, stored) select ${webhook.id}::uuid, now(), 1 from generate_series(1, 45000)`
    await sql`
      insert into delivery_delta (webhook_id, status, count) select ${webhook.id}::uuid, 'dead', 1 from generate_series(1, 45000)`
    await compactCounters(sql)
    expect([await waiting(sql, 'webhook_delta'), await waiting(sql, 'delivery_delta')]).toEqual([0, 0])
    expect([...(await sql`select stored::int from webhook_total`)]).toEqual([{ stored: 45_001 }])
  })

  it('stops at its time limit, and the next run continues', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database)
    await sql`
      insert into webhook_delta (webhook_id, minute, stored) select ${webhook.id}::uuid, now(), 1 from generate_series(1, 25)`
    await compactCounters(sql, { rowsMax: 10, withinMs: 0 })
    expect(await waiting(sql, 'webhook_delta')).toBe(16)
    await compactCounters(sql, { rowsMax: 10 })
    expect(await waiting(sql, 'webhook_delta')).toBe(0)
  })

  it('folds the other counts and throws when one fold fails', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await seedQueue(database)
    await sql`alter table webhook_counter rename to webhook_counter_away`
    await expect(compactCounters(sql)).rejects.toThrow('Some counts were not folded')
    expect(await waiting(sql, 'delivery_delta')).toBe(0)
    expect(await waiting(sql, 'accepted_batch')).toBe(0)
    expect(await waiting(sql, 'webhook_delta')).toBe(1)
  })
})

describe('gap in the accepted batches', () => {
  it('is stored as missing when it is old, and later numbers are folded', async () => {
    await using test = await withInstance()
    for (const number of [1, 3, 4, 7]) await test.store(number)
    await compactCounters(test.sql)
    expect(await folded(test.sql)).toEqual([{ contiguous_to: 1, requests: 1 }])
    await aged(test.sql)
    await test.store(8)
    await compactCounters(test.sql)
    expect(await folded(test.sql)).toEqual([{ contiguous_to: 8, requests: 5 }])
    expect(await missing(test.sql)).toEqual([2, 5, 6])
    expect(await waiting(test.sql, 'accepted_batch')).toBe(0)
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 3 })
  })

  it('closes when its batch arrives late, which is stored once', async () => {
    await using test = await withInstance()
    for (const number of [1, 3]) await test.store(number)
    await aged(test.sql)
    await compactCounters(test.sql)
    const stored = await Promise.all([test.store(2), test.store(2)])
    expect(stored.filter(Boolean)).toHaveLength(1)
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 0, requests: 3 })

    await compactCounters(test.sql)
    expect(await folded(test.sql)).toEqual([{ contiguous_to: 3, requests: 3 }])
    expect(await missing(test.sql)).toEqual([])
    expect(await test.store(2)).toBeUndefined()
  })

  it('closes when its batch is reported as refused', async () => {
    await using test = await withInstance()
    await test.store(2)
    await aged(test.sql)
    await compactCounters(test.sql)
    expect(await missing(test.sql)).toEqual([1])
    await test.store(3, [1])
    await compactCounters(test.sql)
    expect(await missing(test.sql)).toEqual([])
    expect(await folded(test.sql)).toEqual([{ contiguous_to: 3, requests: 2 }])
  })

  it('is processed in pieces when it is wide', async () => {
    await using test = await withInstance()
    const others = newId()
    await test.sql`
      insert into accepted_batch (instance_id, number, requests, stored_at)
      select instance_id, n, 1, now() - interval '10 minutes'
      from generate_series(1, 100) n, unnest(${[test.instanceId, others]}::uuid[]) instance_id
      where n <> 2 and (instance_id = ${others} or n not between 31 and 60)`
    await compactCounters(test.sql, { rowsMax: 10, withinMs: 0 })
    expect(await test.sql`select distinct contiguous_to from accepted_instance`).toEqual([
      { contiguous_to: 10 },
    ])
    await compactCounters(test.sql, { rowsMax: 10 })
    expect(await waiting(test.sql, 'accepted_batch')).toBe(0)
    expect(await test.sql`select instance_id from missing_batch where number = 2`).toHaveLength(2)
    expect(await waiting(test.sql, 'missing_batch')).toBe(32)
    expect(
      await test.sql`
      select requests::int from accepted_instance where contiguous_to = 100 order by requests`,
    ).toEqual([{ requests: 69 }, { requests: 99 }])
  })
})
