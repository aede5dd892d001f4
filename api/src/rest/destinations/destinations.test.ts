import { deniedUrls, invalidUrls } from '@whook/testing/outbound/hostile-urls'
import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'
import { serverMode } from '../../testing/server-mode.js'

async function withWebhook(env: Record<string, string> = {}) {
  const test = await buildTestApp(env)
  const ann = test.as('ann')
  const { id } = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
  return { ...test, ann, base: `/api/v1/webhooks/${id}/destinations` }
}

describe('POST /api/v1/webhooks/:webhookId/destinations', () => {
  it('returns the signing secret once, and the normalized URL', async () => {
    await using test = await withWebhook()
    const res = await test.ann.post(test.base, { url: 'http://LOCALHOST:3000/hook' })
    expect(res.statusCode).toBe(201)
    expect(res.json()).toMatchObject({
      url: 'http://localhost:3000/hook',
      name: 'localhost:3000',
      enabled: true,
    })
    expect(res.json().secret).toMatch(/^whsec_/)
    const [listed] = (await test.ann.get(test.base)).json().items
    expect(listed).not.toHaveProperty('secret')
    expect(listed.secrets).toHaveLength(1)
    const [row] = await test.database.sql`select secret from destination_secret`
    expect(row!['secret']).not.toContain('whsec_')
  })

  it.each([
    { body: { url: 'ftp://a.example' }, path: '/url' },
    { body: { url: 'http://10.0.0.1/' }, path: '/url' },
    { body: { url: 'http://localhost:5000/' }, path: '/url' },
    {
      body: {
        url: 'https://a.example',
        headers: [
          ['ok', '1'],
          ['Host', 'x'],
        ],
      },
      path: '/headers/1',
    },
    { body: { url: 'https://a.example', forwardHeaders: ['ok', 'host'] }, path: '/forwardHeaders/1' },
    { body: { url: 'https://a.example', forwardHeaders: ['ce-*', '*'] }, path: '/forwardHeaders/1' },
    { body: { url: 'https://a.example', appendPath: 'yes' }, path: '/appendPath' },
    { body: { url: 'https://a.example', retry: { delaysSeconds: [] } }, path: '/retry/delaysSeconds' },
    { body: { url: 'https://a.example', retry: { jitter: 2 } }, path: '/retry/jitter' },
    { body: { url: 'https://a.example', limits: { concurrency: 0 } }, path: '/limits/concurrency' },
    { body: { url: 'https://a.example', timeoutMs: 1 }, path: '/timeoutMs' },
    {
      body: { url: 'https://a.example', retry: { strategy: 'list', delaysSeconds: [] } },
      path: '/retry/delaysSeconds',
    },
    { body: { url: 'https://a.example', script: 'let a = ;' }, path: '/script' },
    { body: { url: 'https://a.example', script: 'let a = 1' }, path: '/script' },
    { body: { url: 'https://a.example', filter: { and: [] } }, path: '/filter/and' },
    { body: { url: 'https://a.example', filter: { field: 'nope', exists: true } }, path: '/filter/field' },
    { body: { url: 'https://a.example', orderingKey: 'order.id' }, path: '/orderingKey' },
    { body: { url: 'https://a.example', orderingKey: '' }, path: '/orderingKey' },
    { body: { url: 'https://a.example', orderingKey: 'query.a\0' }, path: '/orderingKey' },
    {
      body: { url: 'https://a.example', filter: { or: [{ field: 'body.a', contains: '\0' }] } },
      path: '/filter/or/0/contains',
    },
    {
      body: { url: 'https://a.example', filter: { field: 'body.a', in: ['a', '\ud800'] } },
      path: '/filter/in',
    },
  ])('returns 400 with the field for $body', async ({ body, path }) => {
    await using test = await withWebhook()
    const res = await test.ann.post(test.base, body)
    expect(res.statusCode).toBe(400)
    expect(res.json().errors.map((error: { path: string }) => error.path)).toContain(path)
  })

  it('returns 400 for internal URLs, also in PATCH', async () => {
    await using test = await withWebhook(serverMode)
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    for (const url of [...deniedUrls, ...invalidUrls]) {
      const made = await test.ann.post(test.base, { url })
      const changed = await test.ann.patch(`/api/v1/destinations/${id}`, { url })
      for (const { statusCode, body } of [made, changed]) {
        expect([url, statusCode, body]).toEqual([url, 400, expect.stringContaining('"path":"/url"')])
        if (deniedUrls.includes(url)) expect(body).toContain('destination address is not allowed')
      }
    }
    expect((await test.ann.get(test.base)).json().items).toMatchObject([{ url: 'https://a.example/' }])
  })

  it.each([
    { field: 'body.type', equals: 'invoice.paid' },
    { and: [{ field: 'method', in: ['POST', 'PUT'] }, { not: { field: 'query.n', lt: 2 } }] },
  ])('returns a filter as it was saved: $0', async (filter) => {
    await using test = await withWebhook()
    const made = (await test.ann.post(test.base, { url: 'https://a.example', filter })).json()
    expect(made.filter).toEqual(filter)
    expect((await test.ann.get(test.base)).json().items[0].filter).toEqual(filter)
    const path = `/api/v1/destinations/${made.id}`
    expect((await test.ann.patch(path, { name: 'b' })).json().filter).toEqual(filter)
  })

  it('creates a destination that PATCH, rotate-secret and DELETE change', async () => {
    await using test = await withWebhook()
    const made = (
      await test.ann.post(test.base, { url: 'https://a.example/x', retry: { attemptsMax: 3 } })
    ).json()
    const url = `/api/v1/destinations/${made.id}`
    const changed = (await test.ann.patch(url, { enabled: false, limits: { concurrency: 2 } })).json()
    expect(changed).toMatchObject({
      enabled: false,
      disabledReason: 'user',
      limits: { concurrency: 2, ratePerSecond: null },
      retry: { attemptsMax: 3 },
      url: 'https://a.example/x',
    })
    const rotated = (await test.ann.post(`${url}/rotate-secret`, {})).json()
    expect(rotated.secret).not.toBe(made.secret)
    expect((await test.ann.get(url)).json().secrets).toHaveLength(2)
    expect((await test.ann.delete(url)).statusCode).toBe(204)
    expect((await test.ann.get(url)).json()).toMatchObject({ code: 'destination-not-found' })
  })

  it('appends paths by default, but not for destinations older than the option', async () => {
    await using test = await withWebhook()
    const made = (await test.ann.post(test.base, { url: 'http://app.localhost.:3000/' })).json()
    expect(made).toMatchObject({ url: 'http://app.localhost:3000/', appendPath: true })
    const off = (await test.ann.post(test.base, { url: 'https://a.example', appendPath: false })).json()
    expect(off.appendPath).toBe(false)
    const changed = await test.ann.patch(`/api/v1/destinations/${off.id}`, { appendPath: true })
    expect(changed.json().appendPath).toBe(true)
    const [column] = await test.database.sql`
      select column_default from information_schema.columns
      where table_name = 'destination' and column_name = 'append_path'`
    expect(column!['column_default']).toBe('false')
  })
})

describe('PATCH /api/v1/destinations/:destinationId', () => {
  it('returns 400 when a change conflicts with a stored value', async () => {
    await using test = await withWebhook()
    const linear = { strategy: 'linear', delaysSeconds: [] }
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example', retry: linear })).json()
    const res = await test.ann.patch(`/api/v1/destinations/${id}`, { retry: { strategy: 'list' } })
    expect(res.json().errors).toMatchObject([{ path: '/retry/delaysSeconds' }])
  })
})

describe('POST /api/v1/destinations/:destinationId/rotate-secret', () => {
  it('keeps only the newest three secrets', async () => {
    await using test = await withWebhook()
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    for (let n = 0; n < 4; n++)
      await test.ann.post(`/api/v1/destinations/${id}/rotate-secret`, { overlapHours: 168 })
    const { secrets } = (await test.ann.get(`/api/v1/destinations/${id}`)).json()
    expect(secrets).toHaveLength(3)
    expect(secrets.map((secret: { expiresAt: string | null }) => secret.expiresAt === null)).toEqual([
      true,
      false,
      false,
    ])
  })

  it('expires all older secrets when the overlap is 0 hours', async () => {
    await using test = await withWebhook()
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    const url = `/api/v1/destinations/${id}`
    await test.ann.post(`${url}/rotate-secret`, { overlapHours: 24 })
    await test.ann.post(`${url}/rotate-secret`, { overlapHours: 0 })
    expect((await test.ann.get(url)).json().secrets).toMatchObject([{ expiresAt: null }])
  })

  it('does not extend the overlap of an older secret', async () => {
    await using test = await withWebhook()
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    const url = `/api/v1/destinations/${id}`
    const first = (await test.ann.post(`${url}/rotate-secret`, { overlapHours: 1 })).json()
    const second = (await test.ann.post(`${url}/rotate-secret`, { overlapHours: 24 })).json()
    const { secrets } = (await test.ann.get(url)).json()
    expect(secrets.map(({ expiresAt }: { expiresAt: string }) => expiresAt)).toEqual([
      null,
      second.previousExpiresAt,
      first.previousExpiresAt,
    ])
  })
})

describe('/api/v1/destinations/:destinationId', () => {
  it('closes the circuit when the URL changes or the destination is enabled', async () => {
    await using test = await withWebhook()
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    const url = `/api/v1/destinations/${id}`
    const open = () => test.database.sql`update destination_state
      set circuit = 'open', circuit_open_until = now() + interval '5 minutes', consecutive_failures = 12`
    const circuitAfter = async (change: object) => (await test.ann.patch(url, change)).json().health.circuit
    await open()
    expect(await circuitAfter({ name: 'another' })).toBe('open')
    expect(await circuitAfter({ url: 'https://b.example' })).toBe('closed')
    await open()
    expect(await circuitAfter({ enabled: false })).toBe('open')
    expect(await circuitAfter({ enabled: true })).toBe('closed')
  })

  it("returns 404 for another user's destination", async () => {
    await using test = await withWebhook()
    const { id } = (await test.ann.post(test.base, { url: 'https://a.example' })).json()
    const bob = test.as('bob')
    for (const res of [
      await bob.get(test.base),
      await bob.post(test.base, { url: 'https://a.example' }),
      await bob.get(`/api/v1/destinations/${id}`),
      await bob.patch(`/api/v1/destinations/${id}`, { name: 'mine' }),
      await bob.post(`/api/v1/destinations/${id}/rotate-secret`, {}),
      await bob.post(`/api/v1/destinations/${id}/test`),
      await bob.delete(`/api/v1/destinations/${id}`),
    ]) {
      expect(res.statusCode).toBe(404)
    }
  })
})

describe('POST /api/v1/destinations/:destinationId/test', () => {
  it('stores a test request and delivers it only to this destination', async () => {
    await using test = await buildTestApp()
    const ann = test.as('ann')
    const webhook = (await ann.post('/api/v1/webhooks', { name: 'Shop' })).json()
    const url = `/api/v1/webhooks/${webhook.id}/destinations`
    const [tested] = [
      (await ann.post(url, { url: 'https://one.example.com/' })).json(),
      (await ann.post(url, { url: 'https://two.example.com/' })).json(),
    ]
    const delivery = (await ann.post(`/api/v1/destinations/${tested.id}/test`)).json()
    expect(delivery).toMatchObject({ destinationId: tested.id, status: 'pending' })
    expect((await ann.get(`/api/v1/requests/${delivery.requestId}/deliveries`)).json().items).toHaveLength(1)
    expect((await ann.get(`/api/v1/requests/${delivery.requestId}`)).json()).toMatchObject({
      event: 'whook.test',
    })
  })
})
