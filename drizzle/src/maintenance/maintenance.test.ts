import type { TransactionSql } from 'postgres'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import type { Sql } from '../client.js'
import { storeBatch } from '../queries/request/store-batch.js'
import { seedQueue } from '@whook/testing/seed-delivery'
import { capturedRequest, idAt, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { compactCounters } from './compact.js'
import { dropExpiredPartitions, ensurePartitions } from './partitions.js'
import { expireRequests } from './retention.js'

const day = 24 * 3600 * 1000
const totals = async (sql: Sql) => ({
  requests: [...(await sql`select stored::int, expired::int from webhook_total`)],
  deliveries: [
    ...(await sql`select status, count::int from delivery_total where count <> 0 order by status`),
  ],
})

describe('maintenance', () => {
  it('keeps all totals when several workers fold the counts', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await seedQueue(database, { count: 3 })
    const before = await totals(sql)
    expect(before).toEqual({
      requests: [{ stored: 3, expired: 0 }],
      deliveries: [{ status: 'pending', count: 3 }],
    })
    await Promise.all([compactCounters(sql), compactCounters(sql), compactCounters(sql)])
    await compactCounters(sql)
    expect(await totals(sql)).toEqual(before)
    expect(await sql`select from webhook_delta`).toHaveLength(0)
    expect(await sql`select from delivery_delta`).toHaveLength(0)
    expect([...(await sql`select contiguous_to, requests::int from accepted_instance`)]).toEqual([
      { contiguous_to: 1, requests: 3 },
    ])
  })

  it('keeps numbers after a gap in the accepted batches until it is filled', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const webhook = await seedWebhook(database.db)
    const instanceId = newId()
    const store = (number: number) =>
      storeBatch(sql, { instanceId, number, refused: [], requests: [capturedRequest(webhook.id)] })
    await store(1)
    await store(3)
    await compactCounters(sql)
    expect([...(await sql`select number from accepted_batch`)]).toEqual([{ number: 3 }])
    await store(2)
    await compactCounters(sql)
    expect([...(await sql`select contiguous_to, requests::int from accepted_instance`)]).toEqual([
      { contiguous_to: 3, requests: 3 },
    ])
  })

  it('drops complete days past retention, and counts their rows as expired', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const webhook = await seedWebhook(database.db)
    await seedDestination(database.db, webhook.id)
    await sql`select ensure_partitions((now() at time zone 'UTC')::date - 12, (now() at time zone 'UTC')::date)`
    const at = [0, 3, 12].map((days) => Date.now() - days * day)
    const requests = at.map((time) => capturedRequest(webhook.id, { id: idAt(time), receivedAt: time }))
    await storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })

    expect(await dropExpiredPartitions(sql, 10)).toHaveLength(2)
    expect(await dropExpiredPartitions(sql, 10)).toEqual([])
    expect((await sql`select id from webhook_request order by id desc`).map((row) => row['id'])).toEqual(
      requests.slice(0, 2).map((request) => request.id),
    )
    expect(await totals(sql)).toEqual({
      requests: [{ stored: 3, expired: 1 }],
      deliveries: [{ status: 'pending', count: 2 }],
    })
    await ensurePartitions(sql)
  })

  it('drops a day without a deadlock while a query reads the partitions', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    await sql`select ensure_partitions((now() at time zone 'UTC')::date - 12, (now() at time zone 'UTC')::date)`
    const readQueues = (tx: Sql | TransactionSql) => tx`select lane from due_lanes()`
    const dropping = await sql.begin(async (tx) => {
      await tx`select id from delivery_default limit 1`
      // A drop that waits a second for its lock fails, and the next run of the job repeats it. A deadlock would fail
      // the test.
      const drop = dropExpiredPartitions(sql, 10).catch<unknown>((error: { code?: string }) =>
        error.code === '55P03' ? dropExpiredPartitions(sql, 10) : error,
      )
      await expect
        .poll(async () => (await sql`select from pg_locks where not granted`).length, { timeout: 20_000 })
        .toBeGreaterThan(0)
      await readQueues(tx)
      return { drop }
    })
    expect(await dropping.drop).toHaveLength(2)
  })

  it('applies a shorter retention to its webhook only', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const short = await seedWebhook(database.db, {
      limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: 1 },
    })
    const long = await seedWebhook(database.db)
    await seedDestination(database.db, short.id)
    const old = Date.now() - 2 * day
    const requests = [short, long].flatMap(({ id }) => [
      capturedRequest(id, { id: idAt(old) }),
      capturedRequest(id),
    ])
    await storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })
    expect(await expireRequests(sql, 30)).toBe(1)
    expect(await sql`select from webhook_request where webhook_id = ${short.id}`).toHaveLength(1)
    expect(await sql`select from webhook_request where webhook_id = ${long.id}`).toHaveLength(2)
    expect(await sql`select from delivery where webhook_id = ${short.id}`).toHaveLength(1)
    expect((await totals(sql)).deliveries).toEqual([{ status: 'pending', count: 1 }])
  })
})
