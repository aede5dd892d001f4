import type { CapturedRequest } from '@whook/shared'
import { unpackHeaders } from '@whook/runtime/raw-headers'
import { newId } from '@whook/runtime/ids'
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '@whook/testing/test-database'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch, storeBatches, type Batch } from './store-batch.js'

describe('storeBatch', () => {
  it('stores exact bytes, and creates a delivery per enabled destination', async () => {
    await using database = await createTestDatabase()
    const { id: webhookId } = await seedWebhook(database.db)
    await seedDestination(database.db, webhookId)
    await seedDestination(database.db, webhookId, { enabled: false })
    const body = randomBytes(300_000)
    const request = capturedRequest(webhookId, {
      text: undefined,
      base64: body.toString('base64'),
      size: body.length,
    })

    const made = await storeBatch(database.sql, {
      instanceId: newId(),
      number: 1,
      refused: [],
      requests: [request],
    })

    const [row] = await database.sql`select * from webhook_request`
    expect(Buffer.compare(row!['body'], body)).toBe(0)
    expect(unpackHeaders(row!['headers'])).toEqual([
      ['Content-Type', 'application/json'],
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
    ])
    expect(row!['received_at']).toEqual(new Date(request.receivedAt))
    expect(made).toHaveLength(1)
    expect(made![0]).toMatchObject({ requestId: request.id, status: 'pending' })
  })

  it('stores a batch once when it is stored repeatedly and concurrently', async () => {
    await using database = await createTestDatabase()
    const { id: webhookId } = await seedWebhook(database.db)
    await seedDestination(database.db, webhookId)
    const batch = {
      instanceId: newId(),
      number: 7,
      refused: [5, 6],
      requests: [1, 2, 3].map(() => capturedRequest(webhookId)),
    }

    const outcomes = await Promise.all([storeBatch(database.sql, batch), storeBatch(database.sql, batch)])
    outcomes.push(await storeBatch(database.sql, batch))

    expect(outcomes.filter(Boolean)).toHaveLength(1)
    const [counts] = await database.sql`
      select (select count(*)::int from webhook_request) as requests, (select count(*)::int from delivery) as deliveries,
        (select stored::int from webhook_total) as counted, (select sum(count)::int from delivery_total) as moved,
        (select array_agg(number order by number) from accepted_batch) as numbers`
    expect(counts).toEqual({ requests: 3, deliveries: 3, counted: 3, moved: 3, numbers: [5, 6, 7] })
  })

  it('holds deliveries of a paused webhook, and creates none for a deleted one', async () => {
    await using database = await createTestDatabase()
    const paused = await seedWebhook(database.db, { status: 'paused' })
    await seedDestination(database.db, paused.id)
    const made = await storeBatch(database.sql, {
      instanceId: newId(),
      number: 1,
      refused: [],
      requests: [capturedRequest(paused.id), capturedRequest(newId())],
    })
    expect(made!.map(({ status }) => status)).toEqual(['held'])
  })

  it('returns the deliveries of each batch when it stores several together', async () => {
    await using database = await createTestDatabase()
    const { id: webhookId } = await seedWebhook(database.db)
    await seedDestination(database.db, webhookId)
    const instanceId = newId()
    const [first, second, third] = [1, 2, 3].map((number) => ({
      instanceId,
      number,
      refused: number === 3 ? [4] : [],
      requests: [capturedRequest(webhookId), capturedRequest(webhookId)],
    })) as [Batch, Batch, Batch]
    await storeBatch(database.sql, first)

    const made = await storeBatches(database.sql, [first, second, third, second])

    expect(made.map((deliveries) => deliveries?.map(({ requestId }) => requestId).sort())).toEqual([
      undefined,
      second.requests.map(({ id }) => id).sort(),
      third.requests.map(({ id }) => id).sort(),
      undefined,
    ])
    const [counts] = await database.sql`
      select (select count(*)::int from webhook_request) as requests, (select stored::int from webhook_total) as counted,
        (select array_agg(number order by number) from accepted_batch) as numbers`
    expect(counts).toEqual({ requests: 6, counted: 6, numbers: [1, 2, 3, 4] })
  })

  it('stores no rows when the batch fails', async () => {
    await using database = await createTestDatabase()
    const { id: webhookId } = await seedWebhook(database.db)
    const twin = capturedRequest(webhookId)
    const batch = { instanceId: newId(), number: 1, refused: [], requests: [twin, twin] }
    await expect(storeBatch(database.sql, batch)).rejects.toThrow(/current transaction is aborted/)
    const [row] =
      await database.sql`select (select count(*)::int from accepted_batch) + (select count(*)::int from webhook_delta) as n`
    expect(row!['n']).toBe(0)
  })

  it('releases its connection when a request cannot be encoded', async () => {
    await using database = await createTestDatabase({ poolSize: 1 })
    const { id: webhookId } = await seedWebhook(database.db)
    const store = (request: CapturedRequest) =>
      storeBatch(database.sql, { instanceId: newId(), number: 1, refused: [], requests: [request] })
    await expect(store({ ...capturedRequest(webhookId), receivedAt: NaN })).rejects.toThrow(RangeError)
    expect(await store(capturedRequest(webhookId))).toEqual([])
    const [row] = await database.sql`select count(*)::int as n from webhook_request`
    expect(row!['n']).toBe(1)
  })
})
