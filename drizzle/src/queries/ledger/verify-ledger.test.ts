import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { storeBatch } from '../request/store-batch.js'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { compactCounters } from '../../maintenance/compact.js'
import { readLedger } from './read-ledger.js'
import { verifyLedger } from './verify-ledger.js'

async function withRequests() {
  const database = await createTestDatabase()
  const webhook = await seedWebhook(database.db)
  await seedDestination(database.db, webhook.id)
  const requests = [capturedRequest(webhook.id), capturedRequest(webhook.id), capturedRequest(webhook.id)]
  await storeBatch(database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return { ...database, webhook, requests, [Symbol.asyncDispose]: database.drop }
}

describe('verifyLedger', () => {
  it('returns no differences when all rows exist', async () => {
    await using test = await withRequests()
    expect(await verifyLedger(test.sql)).toEqual({
      webhooks: 1,
      requests: 3,
      deliveries: 3,
      missingBatches: 0,
      differences: [],
    })
  })

  it('reports a deleted row, and a change of state without its counters', async () => {
    await using test = await withRequests()
    await test.sql`delete from webhook_request where id = ${test.requests[0]!.id}`
    await test.sql`alter table delivery disable trigger user`
    await test.sql`update delivery set status = 'dead' where request_id = ${test.requests[1]!.id}`
    const { differences } = await verifyLedger(test.sql)
    expect(differences.map(({ what, counted, rows }) => [what, counted, rows])).toEqual([
      ['deliveries: dead', 0, 1],
      ['deliveries: pending', 3, 2],
      ['stored', 3, 2],
    ])
    expect(differences[0]).toMatchObject({ webhookId: test.webhook.id })
  })

  it('counts accepted batches that are neither queued nor stored', async () => {
    await using test = await withRequests()
    const instanceId = newId()
    for (const number of [1, 4]) {
      await storeBatch(test.sql, {
        instanceId,
        number,
        refused: [],
        requests: [capturedRequest(test.webhook.id)],
      })
    }
    await test.sql`update accepted_batch set stored_at = now() - interval '2 minutes'`
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 2 })
  })

  it('counts 0 missing batches when a refused batch was stored anyway', async () => {
    await using test = await withRequests()
    const instanceId = newId()
    const store = (number: number, refused: number[] = []) =>
      storeBatch(test.sql, { instanceId, number, refused, requests: [capturedRequest(test.webhook.id)] })
    await store(1)
    await store(2)
    await compactCounters(test.sql)
    await store(3, [1])
    await test.sql`update accepted_batch set stored_at = now() - interval '2 minutes' where number = 1`
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 0 })
    expect((await readLedger(test.sql, test.sql`(${test.webhook.id}::uuid)`)).unaccounted).toBe(0)

    await compactCounters(test.sql)
    expect(await test.sql`select number from accepted_batch where instance_id = ${instanceId}`).toEqual([])
  })

  it('counts 0 missing batches when an old refusal is reported late', async () => {
    await using test = await withRequests()
    const instanceId = newId()
    const store = (number: number, refused: number[] = []) =>
      storeBatch(test.sql, { instanceId, number, refused, requests: [capturedRequest(test.webhook.id)] })
    await store(3)
    await test.sql`update accepted_batch set stored_at = now() - interval '2 minutes'`
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 2 })
    await store(4, [1, 2])
    expect(await verifyLedger(test.sql)).toMatchObject({ missingBatches: 0 })
  })
})
