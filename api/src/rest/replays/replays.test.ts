import { capturedRequest, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { storeBatch } from '@whook/drizzle/store/store-batch'
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

describe('replay of one request', () => {
  it('202: to every destination, or to those chosen, each linked to its origin', async () => {
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

  it('202: edited, it is a request of its own that names the original', async () => {
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

  it('202: edited, with headers as people read them and a body beyond what other routes take', async () => {
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

  it('202: edited, it is listed as the event it now is', async () => {
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
    ['a header that is two', { headers: [['x', 'a\nset-cookie: b']] }, 400, '/edit/headers/0'],
    ['a header without a name', { headers: [['', '1']] }, 400, '/edit/headers/0'],
    ['too many headers', { headers: Array(501).fill(['a', '1']) }, 400, '/edit/headers'],
    ['a path without a slash', { path: 'no/slash' }, 400, '/edit/path'],
    ['a query with a space', { query: 'a=b c' }, 400, '/edit/query'],
    ['a method with a space', { method: 'GE T' }, 400, '/edit/method'],
    ['a body of nothing', { body: {} }, 400, '/edit/body'],
    ['a body of two kinds', { body: { text: 'a', base64: 'YQ==' } }, 400, '/edit/body'],
    ['what is not base64', { body: { base64: 'no base64!' } }, 400, '/edit/body/base64'],
    ['half a base64', { body: { base64: 'YWJjZ' } }, 400, '/edit/body/base64'],
    ['a method no sender may use', { method: 'TRACE' }, 400, '/edit/method'],
    ['a method that is no request of its own', { method: 'CONNECT' }, 400, '/edit/method'],
    ['a method receivers cannot read', { method: 'post' }, 400, '/edit/method'],
    ['a body over the limit', { body: { text: 'x'.repeat(1025) } }, 413, undefined],
  ])('an edit with %s is refused, and stores nothing', async (_, edit, status, path) => {
    await using test = await withRequests(1, { BODY_LIMIT_BYTES: '1024' })
    const res = await test.ann.post(`/api/v1/requests/${test.requests[0]!.id}/replay`, { edit })
    expect([res.statusCode, res.json().errors?.[0].path]).toEqual([status, path])
    expect(await test.database.sql`select from webhook_request`).toHaveLength(1)
  })

  it('400 and 404: a destination of another webhook, a request of another user', async () => {
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

describe('replay of many', () => {
  it('200, then 202: counts first, makes nothing, then starts, is listed and can be stopped once', async () => {
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
    ['a filter of no webhook', { requestFilter: { method: 'POST' } }],
    ['a status there is not', { deliveryFilter: { status: 'dead,lost' } }],
  ])('400: %s', async (_, body) => {
    await using test = await buildTestApp()
    expect((await test.as('ann').post('/api/v1/replays', body)).json()).toMatchObject({
      status: 400,
      code: 'validation',
    })
  })
})
