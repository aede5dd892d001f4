import {
  countUnreadable,
  forgetUnreadable,
  noteUnreadable,
} from '@whook/drizzle/queries/ledger/unreadable-jobs'
import { verify } from '@whook/launcher/verify-command'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { newId } from '@whook/runtime/ids'
import { UnreadableJobError } from '@whook/runtime/queues/queues'
import { expect, it, vi } from 'vitest'
import { ingestRequests } from './ingest-requests.js'

it('reports a batch of a newer version as unreadable until it is stored', async () => {
  await using database = await createTestDatabase()
  const { sql, url, db } = database
  const { id: webhookId } = await seedWebhook(db)
  const process = ingestRequests({
    store: (batch) => storeBatch(sql, batch),
    onStored: vi.fn(),
    nowMs: () => 0,
    afterStore: { run: vi.fn() },
    setAside: (jobId) => noteUnreadable(sql, jobId),
    storedAfterAll: (jobId) => forgetUnreadable(sql, jobId),
  })
  const batch = { instanceId: newId(), number: 1, refused: [], requests: [capturedRequest(webhookId)] }
  const newer = { ...batch, requests: [{ ...batch.requests[0], verification: 'of-a-newer-version' }] }
  for (const attemptsMade of [0, 1])
    await expect(process({ id: '7', data: newer, attemptsMade })).rejects.toThrow(UnreadableJobError)
  expect(await countUnreadable(sql)).toBe(1)
  expect(await verify({ DATABASE_URL: url })).toBe(false)

  await process({ id: '7', data: batch, attemptsMade: 2 })
  expect(await countUnreadable(sql)).toBe(0)
  expect(await verify({ DATABASE_URL: url })).toBe(true)
})
