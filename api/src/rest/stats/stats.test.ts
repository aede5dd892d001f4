import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedWebhook } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'
import { serverMode } from '../../testing/server-mode.js'

/** An installation that lost two batches; the users of their requests are unknown. */
async function withLoss(env = {}) {
  const test = await buildTestApp(env)
  const webhook = await seedWebhook(test.database.db, { userId: await test.as('ann').userId() })
  const instanceId = newId()
  for (const number of [1, 4]) {
    const requests = [capturedRequest(webhook.id)]
    await storeBatch(test.database.sql, { instanceId, number, refused: [], requests })
  }
  await test.database.sql`update accepted_batch set stored_at = now() - interval '2 minutes'`
  const ledgerOf = async (name: string, url: string) =>
    (await test.as(name).get(`/api/v1${url}?range=1h`)).json().ledger
  return { ...test, webhook, ledgerOf }
}

describe('GET /api/v1/stats', () => {
  it('omits lost batches from the ledgers of users and webhooks in server mode', async () => {
    await using test = await withLoss(serverMode)
    const webhook = `/webhooks/${test.webhook.id}/stats`
    expect(await test.ledgerOf('ann', '/stats')).toMatchObject({ accepted: 2, stored: 2, unaccounted: 0 })
    expect(await test.ledgerOf('ann', webhook)).toMatchObject({ accepted: 2, stored: 2, unaccounted: 0 })
    expect(await test.ledgerOf('bob', '/stats')).toMatchObject({ accepted: 0, unaccounted: 0 })
  })

  it('includes lost batches in the ledger of the local owner', async () => {
    await using test = await withLoss()
    const webhook = `/webhooks/${test.webhook.id}/stats`
    expect(await test.ledgerOf('ann', '/stats')).toMatchObject({ accepted: 4, stored: 2, unaccounted: 2 })
    expect(await test.ledgerOf('ann', webhook)).toMatchObject({ accepted: 2, stored: 2, unaccounted: 0 })
  })

  it('returns the queue depth of the installation only to the local owner', async () => {
    await using local = await buildTestApp()
    await using server = await buildTestApp(serverMode)
    const depth = async (test: typeof local) => (await test.as('ann').get('/api/v1/stats')).json().queueDepth
    expect([await depth(local), await depth(server)]).toEqual([0, null])
  })
})
