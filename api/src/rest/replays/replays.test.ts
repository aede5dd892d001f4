import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

async function withRequests(count: number, env = {}) {
  const test = await buildTestApp(env)
  const ann = test.as('ann')
  const webhook = await seedWebhook(test.database.db, { userId: await ann.userId() })
  const [first, second] = [
    await seedDestination(test.database.db, webhook.id),
    await seedDestination(test.database.db, webhook.id, { name: 'second' }),
  ]
  const requests = Array.from({ length: count }, () => capturedRequest(webhook.id))
  await storeBatch(test.database.sql, { instanceId: newId(), number: 1, refused: [], requests })
  return { ...test, ann, webhook, first, second, requests }
}

describe('POST /api/v1/requests/:requestId/replay', () => {
  it('replays to every or to selected destinations, linked to the original', async () => {
    await using test = await withRequests(1)
    const [request] = test.requests
    const all = await test.ann.post(`/api/v1/requests/${request!.id}/replay`)
    expect(all.statusCode).toBe(202)
    expect(all.json().items).toHaveLength(2)
    expect(all.json().items[0]).toMatchObject({
      requestId: request!.id,
      replayOf: request!.id,
      status: 'pending',
    })
    const chosen = await test.ann.post(`/api/v1/requests/${request!.id}/replay`, {
      destinationIds: [test.second.id],
    })
    expect(chosen.json().items).toMatchObject([{ destinationId: test.second.id }])
    expect((await test.ann.get(`/api/v1/requests/${request!.id}/deliveries`)).json().items).toHaveLength(5)
  })

  it('stores an edited replay as a new request that names the original', async () => {
    await using test = await withRequests(1)
    const [request] = test.requests
    const edit = { method: 'PUT', path: '/edited', body: { text: '{"edited":true}' } }
    const { items } = (await test.ann.post(`/api/v1/requests/${request!.id}/replay`, { edit })).json()
    expect(items).toHaveLength(2)
    const copy = (await test.ann.get(`/api/v1/requests/${items[0].requestId}`)).json()
    expect(copy).toMatchObject({
      replayOf: request!.id,
      method: 'PUT',
      path: '/edited',
      body: { text: '{"edited":true}' },
    })
    expect((await test.ann.get(`/api/v1/requests/${request!.id}`)).json()).toMatchObject({
      replayOf: null,
      method: request!.method,
    })
  })

  it('accepts an edit with Unicode headers and a large body', async () => {
    await using test = await withRequests(1)
    const edit = {
      headers: [
        ['X-Name', 'Zoë'],
        ['x-name', 'b'],
      ],
      body: { text: 'é'.repeat(300_000) },
    }
    const res = await test.ann.post(`/api/v1/requests/${test.requests[0]!.id}/replay`, { edit })
    expect(res.statusCode).toBe(202)
    const copy = (await test.ann.get(`/api/v1/requests/${res.json().items[0].requestId}`)).json()
    expect(copy).toMatchObject({ headers: edit.headers, size: 600_000 })
  })

  it('detects the event of an edited replay', async () => {
    await using test = await withRequests(1)
    const eventOf = async (requestId: string, edit: object) => {
      const { items } = (await test.ann.post(`/api/v1/requests/${requestId}/replay`, { edit })).json()
      const { event } = (await test.ann.get(`/api/v1/requests/${items[0].requestId}`)).json()
      return { requestId: items[0].requestId as string, event }
    }
    const paid = await eventOf(test.requests[0]!.id, { body: { text: '{"type":"invoice.paid"}' } })
    expect(paid.event).toBe('invoice.paid')
    expect((await eventOf(paid.requestId, { path: '/other' })).event).toBe('invoice.paid')
    const pushed = await eventOf(paid.requestId, { headers: [['X-GitHub-Event', 'push']] })
    expect(pushed.event).toBe('push')
    expect((await eventOf(pushed.requestId, { headers: [['x-a', '1']], body: { text: '' } })).event).toBe(
      null,
    )
  })

  it.each([
    ['a header with a line break', { headers: [['x', 'a\nset-cookie: b']] }, 400, '/edit/headers/0'],
    ['a header without a name', { headers: [['', '1']] }, 400, '/edit/headers/0'],
    ['too many headers', { headers: Array(501).fill(['a', '1']) }, 400, '/edit/headers'],
    ['a path without a slash', { path: 'no/slash' }, 400, '/edit/path'],
    ['a query with a space', { query: 'a=b c' }, 400, '/edit/query'],
    ['a method with a space', { method: 'GE T' }, 400, '/edit/method'],
    ['an empty body object', { body: {} }, 400, '/edit/body'],
    ['a body with text and base64', { body: { text: 'a', base64: 'YQ==' } }, 400, '/edit/body'],
    ['invalid base64', { body: { base64: 'no base64!' } }, 400, '/edit/body/base64'],
    ['incomplete base64', { body: { base64: 'YWJjZ' } }, 400, '/edit/body/base64'],
    ['the method TRACE', { method: 'TRACE' }, 400, '/edit/method'],
    ['the method CONNECT', { method: 'CONNECT' }, 400, '/edit/method'],
    ['a lower-case method', { method: 'post' }, 400, '/edit/method'],
    ['a body over the limit', { body: { text: 'x'.repeat(1025) } }, 413, undefined],
  ])('refuses an edit with %s and stores nothing', async (_, edit, status, path) => {
    await using test = await withRequests(1, { BODY_LIMIT_BYTES: '1024' })
    const res = await test.ann.post(`/api/v1/requests/${test.requests[0]!.id}/replay`, { edit })
    expect([res.statusCode, res.json().errors?.[0].path]).toEqual([status, path])
    expect(await test.database.sql`select from webhook_request`).toHaveLength(1)
  })

  it("returns 400 for another webhook's destination, 404 for another user's request", async () => {
    await using test = await withRequests(1)
    const other = await seedWebhook(test.database.db, { userId: await test.ann.userId() })
    const stranger = await seedDestination(test.database.db, other.id)
    const url = `/api/v1/requests/${test.requests[0]!.id}/replay`
    expect((await test.ann.post(url, { destinationIds: [stranger.id] })).json()).toMatchObject({
      status: 400,
      errors: [{ path: '/destinationIds/0' }],
    })
    expect((await test.as('bob').post(url)).json()).toMatchObject({ status: 404, code: 'request-not-found' })
  })
})

describe('POST /api/v1/replays', () => {
  it('starts a counted replay that is listed and can be cancelled once', async () => {
    await using test = await withRequests(5)
    const body = { webhookId: test.webhook.id, requestFilter: {} }
    const count = await test.ann.post('/api/v1/replays/count', body)
    expect([count.statusCode, count.json()]).toEqual([200, { total: 5, deliveries: 10, withFilter: 0 }])
    expect((await test.ann.get('/api/v1/replays')).json().items).toEqual([])

    const started = await test.ann.post('/api/v1/replays', body)
    expect([started.statusCode, started.json().status, started.json().total]).toEqual([202, 'running', 5])
    const url = `/api/v1/replays/${started.json().id}`
    expect((await test.ann.get(url)).json()).toEqual(started.json())
    expect((await test.ann.get('/api/v1/replays?limit=1')).json().items).toEqual([started.json()])
    expect((await test.ann.post(`${url}/cancel`)).json()).toMatchObject({ status: 'cancelled' })
    expect((await test.ann.post(`${url}/cancel`)).json()).toMatchObject({ code: 'conflict' })
    expect((await test.as('bob').get(url)).json()).toMatchObject({ status: 404, code: 'replay-not-found' })
  })

  it.each([
    ['nothing chosen', {}],
    [
      'both kinds',
      { requestIds: ['01a20d44-ce0e-7000-89f7-96156f68f211'], deliveryFilter: { status: 'dead' } },
    ],
    ['a request filter without webhook', { requestFilter: { method: 'POST' } }],
    ['an unknown status', { deliveryFilter: { status: 'dead,lost' } }],
  ])('returns 400 for %s', async (_, body) => {
    await using test = await buildTestApp()
    expect((await test.as('ann').post('/api/v1/replays', body)).json()).toMatchObject({
      status: 400,
      code: 'validation',
    })
  })
})
