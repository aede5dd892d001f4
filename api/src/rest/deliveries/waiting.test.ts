import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import type { CapturedRequest } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

async function setUp(...requests: Partial<CapturedRequest>[]) {
  const test = await buildTestApp()
  const { sql, db } = test.database
  const ann = test.as('ann')
  const webhook = await seedWebhook(db, { userId: await ann.userId() })
  const destination = await seedDestination(db, webhook.id)
  const made = await storeBatch(sql, {
    instanceId: newId(),
    number: 1,
    refused: [],
    requests: requests.map((one) => capturedRequest(webhook.id, one)),
  })
  const url = `/api/v1/deliveries/${made![0]!.id}`
  return { ...test, sql, ann, webhook, destination, made: made!, url }
}

describe('GET /api/v1/deliveries/:deliveryId', () => {
  it('returns the open circuit and its end as the reason to wait', async () => {
    await using test = await setUp({})
    await test.sql`
    update destination_state set circuit = 'open', consecutive_failures = 22,
      circuit_open_until = date_trunc('second', now()) + interval '5 minutes'`
    const { health } = (await test.ann.get(`/api/v1/destinations/${test.destination.id}`)).json()
    expect(health).toMatchObject({ circuit: 'open', consecutiveFailures: 22 })
    const waiting = { reason: 'circuit-open', until: health.circuitOpenUntil }
    expect((await test.ann.get(test.url)).json()).toMatchObject({ status: 'pending', waiting })
    const list = (await test.ann.get('/api/v1/deliveries')).json()
    expect(list.items).toMatchObject([{ status: 'pending', waiting }])
  })
})

describe('POST /api/v1/deliveries/:deliveryId/retry', () => {
  it('sends a delivery now although the circuit is open', async () => {
    await using test = await setUp({})
    await test.sql`
    update destination_state set circuit = 'open', circuit_open_until = now() + interval '5 minutes'`
    const tried = await test.ann.post(`${test.url}/retry`)
    expect([tried.statusCode, tried.json()]).toMatchObject([
      202,
      { status: 'pending', waiting: { reason: 'due' } },
    ])
  })

  it.each([
    ['paused', `update webhook set status = 'paused'`, 'webhook-paused', /paused; resume/],
    ['disabled', `update destination set enabled = false`, 'destination-disabled', /disabled; enable/],
    [
      'waiting for its ordering slot',
      `update delivery set next_attempt_at = null, ordering_value = 'a'`,
      'ordering',
      /earlier/,
    ],
  ])('returns 409 when the delivery is %s', async (_, change, reason, detail) => {
    await using test = await setUp({})
    await test.sql.unsafe(change)
    expect((await test.ann.get(test.url)).json().waiting).toEqual({ reason, until: null })
    const refused = (await test.ann.post(`${test.url}/retry`)).json()
    expect(refused).toMatchObject({ status: 409, detail: expect.stringMatching(detail) })
  })
})

describe('POST /api/v1/destinations/:destinationId/try-now', () => {
  it('probes an open circuit, and returns 409 when it is closed', async () => {
    await using test = await setUp({})
    const url = `/api/v1/destinations/${test.destination.id}/try-now`
    expect((await test.ann.post(url)).json()).toMatchObject({ status: 409, code: 'conflict' })
    await test.sql`
    update destination_state set circuit = 'open', circuit_open_until = now() + interval '5 minutes'`
    expect((await test.ann.post(url)).statusCode).toBe(202)
    expect((await test.ann.get(test.url)).json().waiting).toEqual({ reason: 'due', until: null })
    expect((await test.as('bob').post(url)).statusCode).toBe(404)
  })
})

describe('POST /api/v1/webhooks/:webhookId/release', () => {
  it('releases deliveries held for failed verification, one or all', async () => {
    const failed = { verification: 'failed' } as const
    await using test = await setUp(failed, failed, failed)
    expect((await test.ann.get(test.url)).json()).toMatchObject({
      status: 'held',
      nextAttemptAt: null,
      waiting: { reason: 'verification-failed', until: null },
    })
    const webhookUrl = `/api/v1/webhooks/${test.webhook.id}`
    const counts = { heldDeliveryCount: 3, heldForVerificationCount: 3, onVerificationFailure: 'hold' }
    expect((await test.ann.get(webhookUrl)).json()).toMatchObject(counts)
    expect((await test.ann.post(`${test.url}/retry`)).json()).toMatchObject({ status: 'pending' })
    expect((await test.as('bob').post(`${webhookUrl}/release`, {})).statusCode).toBe(404)
    expect((await test.ann.post(`${webhookUrl}/release`, {})).json()).toEqual({ released: 2, more: false })
    const { items } = (await test.ann.get('/api/v1/deliveries?status=pending')).json()
    expect(items).toHaveLength(3)
  })
})

describe('GET /api/v1/webhooks/:webhookId/requests', () => {
  it('filters by verification', async () => {
    await using test = await setUp({ verification: 'failed' }, { verification: 'verified' }, {})
    const url = `/api/v1/webhooks/${test.webhook.id}/requests`
    const { items } = (await test.ann.get(`${url}?verification=failed`)).json()
    expect(items).toMatchObject([{ verification: 'failed', refused: false }])
    expect((await test.ann.get(`${url}?verification=bad`)).statusCode).toBe(400)
  })
})

describe('POST /api/v1/replays/count', () => {
  it('omits requests that failed verification unless the filter names them', async () => {
    await using test = await setUp({ verification: 'failed' }, { verification: 'verified' })
    const webhookId = test.webhook.id
    const count = async (body: object) => (await test.ann.post('/api/v1/replays/count', body)).json()
    expect(await count({ webhookId, requestFilter: {} })).toMatchObject({ total: 1 })
    expect(await count({ webhookId, requestFilter: { verification: 'failed' } })).toMatchObject({ total: 1 })
    expect(await count({ deliveryFilter: { webhookId } })).toMatchObject({ total: 1 })
    expect(await count({ deliveryFilter: { webhookId, status: 'held' } })).toMatchObject({ total: 1 })
    await test.ann.patch(`/api/v1/webhooks/${webhookId}`, { onVerificationFailure: 'deliver' })
    expect(await count({ webhookId, requestFilter: {} })).toMatchObject({ total: 2 })
  })
})
