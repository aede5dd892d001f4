import { defaultRetryPolicy, limits } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it, vi } from 'vitest'
import { createEngineTest } from '../testing/test-engine.js'

it('stops after five hops when two webhooks forward to each other', async () => {
  await using test = await createEngineTest()
  const webhooks = [await seedWebhook(test.db), await seedWebhook(test.db)] as const
  const destinationIds: string[] = []
  let number = 0
  const store = async (webhookId: string, headers: string[]) => {
    const requests = [capturedRequest(webhookId, { headers })]
    await storeBatch(test.sql, { instanceId: newId(), number: ++number, refused: [], requests })
    test.engine.wake(destinationIds)
  }
  /** Stores a forwarded request as the ingest server does: as a request of the called webhook. */
  const door = createServer((request, response) => {
    request.resume()
    void store(request.url!.slice(1).split('?')[0]!, request.rawHeaders).then(() => response.end())
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const { port } = door.address() as AddressInfo
  try {
    const [first, second] = webhooks
    for (const { from, to } of [
      { from: first, to: second },
      { from: second, to: first },
    ]) {
      const url = `http://127.0.0.1:${port}/${to.id}`
      destinationIds.push((await seedDestination(test.db, from.id, { url, retry: defaultRetryPolicy })).id)
    }
    await store(webhooks[0].id, [])
    const open = () => test.sql`select status, reason from delivery where status <> 'delivered'`
    await vi.waitFor(async () => expect(await open()).toMatchObject([{ status: 'dead' }]), {
      timeout: 20_000,
    })
    const [last] = await open()
    expect(last!['reason']).toMatch(/^Forwarding loop: /)
    expect(await test.sql`select from delivery where status = 'delivered'`).toHaveLength(limits.hopsMax)
    expect(await test.sql`select from attempt where outcome = 'policy'`).toHaveLength(1)
  } finally {
    door.closeAllConnections()
    door.close()
  }
})

it('bounds the requests of one call when a webhook forwards to itself six times', async () => {
  await using test = await createEngineTest()
  const webhook = await seedWebhook(test.db)
  const destinationIds: string[] = []
  let stored = 0
  const store = async (headers: string[]) => {
    const requests = [capturedRequest(webhook.id, { headers })]
    await storeBatch(test.sql, { instanceId: newId(), number: ++stored, refused: [], requests })
    test.engine.wake(destinationIds)
  }
  const door = createServer((request, response) => {
    request.resume()
    void store(request.rawHeaders).then(() => response.end())
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const { port } = door.address() as AddressInfo
  try {
    for (let n = 0; n < 6; n++) {
      const url = `http://127.0.0.1:${port}/${webhook.slug}?n=${n}`
      destinationIds.push((await seedDestination(test.db, webhook.id, { url, retry: defaultRetryPolicy })).id)
    }
    await store([])
    const open = () => test.sql`select from delivery where status not in ('delivered', 'dead')`
    await vi.waitFor(async () => expect(await open()).toHaveLength(0), { timeout: 60_000, interval: 500 })
    // 200 shared by 6 leaves 32 for each request. 32 shared by 6 leaves 4, too few for 6: 6 + 36 requests.
    expect(stored - 1).toBe(6 + 36)
    const [dead] = await test.sql`select reason from delivery where status = 'dead' limit 1`
    expect(dead!['reason']).toMatch(/at most 200 requests/)
  } finally {
    door.closeAllConnections()
    door.close()
  }
}, 90_000)
