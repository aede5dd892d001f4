import { newId } from '@whook/runtime/ids'
import { expect, it } from 'vitest'
import type { DeliveryChange } from '../queries/delivery/live-columns.js'
import { verifyLedger } from '../queries/ledger/verify-ledger.js'
import { storeBatch } from '../queries/request/store-batch.js'
import { capturedRequest, idAt, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { retentionSteps } from './retention.js'
import { runSteps } from './run-steps.js'

const hourMs = 3_600_000

it('ends waiting deliveries with a reason before their requests are removed', async () => {
  await using database = await createTestDatabase()
  const { sql, db } = database
  await sql`select ensure_partitions((now() at time zone 'UTC')::date - 6, (now() at time zone 'UTC')::date)`
  const own = { limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: 1 } }
  const webhooks = [await seedWebhook(db), await seedWebhook(db, own)]
  for (const { id } of webhooks) await seedDestination(db, id)
  const at = (webhookId: string, hours: number) =>
    capturedRequest(webhookId, { id: idAt(Date.now() - hours * hourMs) })
  const [long, short] = webhooks.map(({ id }) => id) as [string, string]
  // For each webhook: removed, removed next, and kept. The retention is three days (installation) and one day.
  const requests = [
    at(long, 120),
    at(long, 72.5),
    at(long, 71),
    at(short, 48),
    at(short, 24.5),
    at(short, 23),
  ]
  await storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })
  await sql`update delivery set status = 'held' where webhook_id = ${short}`

  const ended: DeliveryChange[] = []
  const failed: unknown[] = []
  const options = { retentionDays: 3, onEnded: (changes: DeliveryChange[]) => void ended.push(...changes) }
  await runSteps(retentionSteps(sql, options), { onFailed: (_, error) => failed.push(error) })
  expect(failed).toEqual([])
  const byRequest = (ids: string[]) =>
    ids.map((id) => ended.find(({ requestId }) => requestId === id)).map((change) => change?.reason ?? null)
  const reason = (days: number) =>
    `Not delivered within the retention of ${days} days. Its request will be removed.`
  expect(byRequest(requests.map(({ id }) => id))).toEqual([
    reason(3),
    reason(3),
    null,
    reason(1),
    reason(1),
    null,
  ])
  const rows = await sql`select request_id, status from delivery`
  expect(new Map(rows.map((row) => [row['request_id'], row['status']]))).toEqual(
    new Map([
      [requests[1]!.id, 'dead'],
      [requests[2]!.id, 'pending'],
      [requests[4]!.id, 'dead'],
      [requests[5]!.id, 'held'],
    ]),
  )
  expect((await verifyLedger(sql)).differences).toEqual([])
})
