import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { forceStatus } from '@whook/testing/seed-delivery'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

async function withDeliveries(count: number) {
  const test = await buildTestApp()
  const webhook = await seedWebhook(test.database.db, { userId: await test.as('ann').userId() })
  await seedDestination(test.database.db, webhook.id)
  const requests = Array.from({ length: count }, () => capturedRequest(webhook.id))
  const made = await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return { ...test, webhook, requests, made: made!, ann: test.as('ann') }
}

describe('GET /api/v1/deliveries', () => {
  it('returns each delivery once over all pages, and filters by status', async () => {
    await using test = await withDeliveries(7)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { items: { id: string }[]; nextCursor: string | null } = (
        await test.ann.get(`/api/v1/deliveries?limit=3${cursor && `&cursor=${cursor}`}`)
      ).json()
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect([...seen].sort()).toEqual(test.made.map(({ id }) => id).sort())
    expect((await test.ann.get('/api/v1/deliveries?status=dead')).json().items).toEqual([])
    expect((await test.ann.get('/api/v1/deliveries?status=pending,dead')).json().items).toHaveLength(7)
    expect((await test.ann.get('/api/v1/deliveries?status=lost')).json()).toMatchObject({
      errors: [{ path: '?status' }],
    })
  })
})

describe('POST /api/v1/deliveries/:deliveryId/cancel', () => {
  it('cancels a waiting delivery, and returns 409 when it is cancelled', async () => {
    await using test = await withDeliveries(1)
    const url = `/api/v1/deliveries/${test.made[0]!.id}`
    expect((await test.ann.post(`${url}/cancel`)).json()).toMatchObject({ status: 'cancelled' })
    expect((await test.ann.post(`${url}/cancel`)).json()).toMatchObject({ status: 409, code: 'conflict' })
    expect((await test.ann.post(`${url}/retry`)).json()).toMatchObject({ status: 'pending' })
    expect((await test.ann.get(url)).json()).toMatchObject({
      attemptCount: 0,
      attempts: [],
      destinationName: 'sink',
    })
    const ofRequest = (await test.ann.get(`/api/v1/requests/${test.requests[0]!.id}/deliveries`)).json()
    expect(ofRequest.items).toHaveLength(1)
  })
})

describe('POST /api/v1/deliveries/:deliveryId/deliver-anyway', () => {
  it('delivers a filtered delivery, and returns 409 when a script dropped it', async () => {
    await using test = await withDeliveries(2)
    const [byFilter, byScript] = test.made.map(({ id }) => id)
    for (const id of [byFilter!, byScript!]) await forceStatus(test.database.sql, id, 'filtered', newId())
    await test.database.sql`
      update delivery set filter_failure = null, reason = ${"The webhook's script returned null"} where id = ${byScript!}`
    const anyway = (id: string) => test.ann.post(`/api/v1/deliveries/${id}/deliver-anyway`)
    expect((await anyway(byFilter!)).json()).toMatchObject({ status: 'pending' })
    expect((await anyway(byFilter!)).json()).toMatchObject({
      status: 409,
      detail: 'Only filtered deliveries can be delivered anyway; this delivery is pending',
    })
    expect((await anyway(byScript!)).json()).toMatchObject({
      status: 409,
      code: 'conflict',
      detail:
        'A script dropped the delivery and would drop it again; change the script, then replay the request',
    })
    expect((await test.ann.get(`/api/v1/deliveries/${byScript!}`)).json()).toMatchObject({
      status: 'filtered',
    })
  })
})

describe('/api/v1/deliveries/:deliveryId', () => {
  it('returns 409 when the destination is deleted', async () => {
    await using test = await withDeliveries(2)
    const [dead, filtered] = test.made.map(({ id }) => id)
    await forceStatus(test.database.sql, dead!, 'dead', newId())
    await forceStatus(test.database.sql, filtered!, 'filtered', newId())
    await test.database.sql`delete from destination`
    for (const call of [`${dead}/retry`, `${filtered}/deliver-anyway`]) {
      const refused = (await test.ann.post(`/api/v1/deliveries/${call}`)).json()
      expect(refused).toMatchObject({ status: 409, code: 'conflict', detail: 'Its destination was deleted' })
    }
    const { items } = (await test.ann.get('/api/v1/deliveries')).json()
    expect(items.map(({ status }: { status: string }) => status).toSorted()).toEqual(['dead', 'filtered'])
  })

  it("returns 404 for another user's delivery", async () => {
    await using test = await withDeliveries(1)
    const url = `/api/v1/deliveries/${test.made[0]!.id}`
    const bob = test.as('bob')
    for (const res of [await bob.get(url), await bob.post(`${url}/retry`), await bob.post(`${url}/cancel`)]) {
      expect(res.json()).toMatchObject({ status: 404, code: 'delivery-not-found' })
    }
    expect((await bob.get('/api/v1/deliveries')).json().items).toEqual([])
  })
})

describe('GET /api/v1/webhooks/:webhookId/stats', () => {
  it('returns a balanced ledger', async () => {
    await using test = await withDeliveries(5)
    const { ledger, totals } = (
      await test.ann.get(`/api/v1/webhooks/${test.webhook.id}/stats?range=1h`)
    ).json()
    expect(ledger).toMatchObject({
      accepted: 5,
      stored: 5,
      deliveries: 5,
      pending: 5,
      delivered: 0,
      unaccounted: 0,
    })
    expect(totals).toMatchObject({ requests: 5, waiting: 5 })
  })
})

describe('POST /api/v1/api-keys', () => {
  it('returns a key that is limited to its scope until it is revoked', async () => {
    await using test = await buildTestApp()
    const ann = test.as('ann')
    const made = (await ann.post('/api/v1/api-keys', { name: 'ci', scopes: ['read'] })).json()
    const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
      test.app.inject({ method, url, payload, headers: { authorization: `Bearer ${made.key}` } })
    expect((await call('GET', '/api/v1/webhooks')).statusCode).toBe(200)
    expect((await call('POST', '/api/v1/webhooks', { name: 'x' })).json()).toMatchObject({
      code: 'scope-missing',
    })
    expect((await call('POST', '/api/v1/api-keys', { name: 'x', scopes: ['admin'] })).json()).toMatchObject({
      status: 403,
    })
    expect((await ann.get('/api/v1/api-keys')).body).not.toContain(made.key)
    expect((await ann.delete(`/api/v1/api-keys/${made.id}`)).statusCode).toBe(204)
    expect((await call('GET', '/api/v1/webhooks')).json()).toMatchObject({ code: 'api-key-invalid' })
  })
})

describe('DELETE /api/v1/me', () => {
  it('deletes the account and its webhooks', async () => {
    await using test = await buildTestApp()
    await test.as('ann').post('/api/v1/webhooks', { name: 'a' })
    expect(
      (await test.as('ann').delete(`/api/v1/me?confirm=${await test.as('ann').userId()}`)).statusCode,
    ).toBe(204)
    expect((await test.as('ann').get('/api/v1/webhooks')).statusCode).toBe(401)
    expect(await test.database.sql`select 1 from webhook`).toHaveLength(0)
  })
})
