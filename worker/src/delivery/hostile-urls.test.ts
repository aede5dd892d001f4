import { defaultRetryPolicy } from '@whook/shared'
import { addressRefused } from '@whook/runtime/outbound/url-policy'
import { createAddressPolicy } from '@whook/runtime/outbound/address-policy'
import { ownServers } from '@whook/runtime/outbound/own-servers'
import { deniedUrls } from '@whook/testing/outbound/hostile-urls'
import { newId } from '@whook/runtime/ids'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import type { AddressPolicy } from '@whook/runtime/outbound/address-policy'
import { describe, expect, it, vi } from 'vitest'
import { createSink } from '@whook/testing/sink'
import { createEngineTest } from '../testing/test-engine.js'

const once = { ...defaultRetryPolicy, attemptsMax: 1 }

/** Delivers one request to a destination for each URL, as if each was saved. Returns the results. */
async function deliverTo(urls: string[], addresses: AddressPolicy) {
  await using test = await createEngineTest({ addresses })
  const webhook = await seedWebhook(test.db)
  const ids: string[] = []
  for (const url of urls) ids.push((await seedDestination(test.db, webhook.id, { url, retry: once })).id)
  await storeBatch(test.sql, {
    instanceId: newId(),
    number: 1,
    refused: [],
    requests: [capturedRequest(webhook.id)],
  })
  test.engine.wake(ids)
  const outcomes = () => test.sql`
    select t.url, d.status, a.outcome, a.status_code, a.error
    from delivery d join destination t on t.id = d.destination_id left join attempt a on a.delivery_id = d.id`
  await vi.waitFor(
    async () => expect((await outcomes()).filter((row) => row['outcome'] === null)).toEqual([]),
    { timeout: 30_000 },
  )
  return await outcomes()
}

describe('delivery to a saved internal address', () => {
  it('records a refused attempt for every notation of the address', async () => {
    const server = createAddressPolicy({ mode: 'server', allowPrivateCidrs: [], denied: [] })
    const rows = await deliverTo(deniedUrls, server)
    expect(rows).toHaveLength(deniedUrls.length)
    // A name that does not exist here fails with `dns` instead of `policy`. No connection is opened in both cases.
    for (const row of rows)
      expect([
        row['url'],
        row['status'],
        row['status_code'],
        ['policy', 'dns'].includes(row['outcome']),
      ]).toEqual([row['url'], 'dead', null, true])
    const literal = rows.filter((row) => /^[\d.]+$|^\[/.test(new URL(row['url']).hostname))
    expect(literal.length).toBeGreaterThan(60)
    for (const row of literal)
      expect([row['url'], row['outcome'], row['error']]).toEqual([row['url'], 'policy', addressRefused])
  })

  it('opens no connection to a server of the installation when all ranges are allowed', async () => {
    await using sink = await createSink()
    const addresses = createAddressPolicy({
      mode: 'local',
      allowPrivateCidrs: ['0.0.0.0/0', '::/0'],
      denied: ownServers({
        port: 1,
        databaseUrl: `postgres://u@127.0.0.1:${sink.port}/x`,
        redisUrl: undefined,
      }),
    })
    const rows = await deliverTo([sink.url, `http://localhost:${sink.port}/`], addresses)
    expect(rows.map((row) => row['outcome'])).toEqual(['policy', 'policy'])
    expect(sink.seen).toEqual([])
  })
})
