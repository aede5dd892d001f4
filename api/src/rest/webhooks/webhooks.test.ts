import { describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

/** Waits until `count` statements wait for a row lock. */
const untilWaiting = ({ database }: Awaited<ReturnType<typeof buildTestApp>>, count: number) =>
  expect
    .poll(
      () => database.sql`
        select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    )
    .toHaveLength(count)

describe('POST /api/v1/webhooks', () => {
  it('returns 201 with a hook URL that accepts requests', async () => {
    await using test = await buildTestApp()
    const res = await test.as('ann').post('/api/v1/webhooks', { name: 'Stripe' })
    expect(res.statusCode).toBe(201)
    expect(res.json()).toMatchObject({
      name: 'Stripe',
      status: 'active',
      requestCount: 0,
      lastRequestAt: null,
    })
    expect(res.json().url).toBe(`http://localhost:5000/${res.json().slug}`)
  })

  it.each([
    { body: { name: '' }, path: '/name' },
    { body: {}, path: '/name' },
    { body: { name: 'x', extra: 1 }, path: '/extra' },
  ])('returns 400 with the invalid field of $body', async ({ body, path }) => {
    await using test = await buildTestApp()
    const res = await test.as('ann').post('/api/v1/webhooks', body)
    expect(res.statusCode).toBe(400)
    expect(res.headers['content-type']).toContain('application/problem+json')
    expect(res.json()).toMatchObject({ code: 'validation', errors: [{ path }] })
  })
})

describe('GET /api/v1/webhooks', () => {
  it('returns 401 without credentials', async () => {
    await using test = await buildTestApp()
    expect((await test.app.inject('/api/v1/webhooks')).json()).toMatchObject({
      status: 401,
      code: 'unauthenticated',
    })
  })

  it("returns 404 for another user's webhook", async () => {
    await using test = await buildTestApp()
    const { id } = (await test.as('ann').post('/api/v1/webhooks', { name: 'hers' })).json()
    for (const res of [
      await test.as('bob').get(`/api/v1/webhooks/${id}`),
      await test.as('bob').patch(`/api/v1/webhooks/${id}`, { name: 'mine' }),
      await test.as('bob').post(`/api/v1/webhooks/${id}/rotate-url`),
      await test.as('bob').delete(`/api/v1/webhooks/${id}`),
      await test.as('bob').get(`/api/v1/webhooks/${id}/requests`),
    ]) {
      expect(res.json()).toMatchObject({ status: 404, code: 'webhook-not-found' })
    }
    expect((await test.as('bob').get('/api/v1/webhooks')).json()).toEqual({ items: [], nextCursor: null })
  })

  it('returns each webhook once over all pages', async () => {
    await using test = await buildTestApp()
    for (let i = 0; i < 7; i++) await test.as('ann').post('/api/v1/webhooks', { name: `w${i}` })
    const names: string[] = []
    for (let cursor = ''; ;) {
      const page = (
        await test.as('ann').get(`/api/v1/webhooks?limit=3${cursor && `&cursor=${cursor}`}`)
      ).json()
      names.push(...page.items.map((item: { name: string }) => item.name))
      if (!page.nextCursor) break
      cursor = page.nextCursor
    }
    expect(names).toEqual(['w6', 'w5', 'w4', 'w3', 'w2', 'w1', 'w0'])
    expect((await test.as('ann').get('/api/v1/webhooks?cursor=bm90IG91cnM')).json()).toMatchObject({
      code: 'cursor-invalid',
    })
  })

  it('counts the requests of each of the last 24 hours', async () => {
    await using test = await buildTestApp()
    const { id } = (await test.as('ann').post('/api/v1/webhooks', { name: 'Busy' })).json()
    const { sql } = test.database
    for (const [minutes, requests] of [
      [2, 1],
      [50, 2],
      [70, 4],
      [23 * 60 + 30, 8],
      [24 * 60 + 30, 16],
    ] as const)
      // prettier-ignore
      await sql`
        insert into webhook_minute (webhook_id, minute, requests)
        values (${id}, date_trunc('minute', now()) - make_interval(mins => ${minutes}), ${requests})`
    const { sparkline } = (await test.as('ann').get(`/api/v1/webhooks/${id}`)).json()
    expect(sparkline).toEqual([8, ...Array.from({ length: 21 }, () => 0), 4, 3])
  })
})

describe('PATCH /api/v1/webhooks/:webhookId', () => {
  it('changes status and response; the URL rotates, and DELETE removes it', async () => {
    await using test = await buildTestApp()
    const ann = test.as('ann')
    const made = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
    const rotated = (await ann.post(`/api/v1/webhooks/${made.id}/rotate-url`)).json()
    expect(rotated.slug).not.toBe(made.slug)
    const changed = await ann.patch(`/api/v1/webhooks/${made.id}`, {
      status: 'paused',
      response: { status: 201, headers: [['x-a', 'b']], body: 'ok' },
      verification: { provider: 'github', secrets: ['s3cret'] },
    })
    expect(changed.json()).toMatchObject({
      status: 'paused',
      response: { status: 201, headers: [['x-a', 'b']], body: 'ok' },
      verification: { provider: 'github', secretCount: 1, hasVerifyToken: false },
    })
    expect(changed.body).not.toContain('s3cret')
    expect((await ann.delete(`/api/v1/webhooks/${made.id}`)).statusCode).toBe(204)
    expect((await ann.get(`/api/v1/webhooks/${made.id}`)).statusCode).toBe(404)
  })

  it('invalidates the first of two concurrently rotated URLs everywhere', async () => {
    await using test = await buildTestApp()
    const ann = test.as('ann')
    const { id } = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
    const told: string[][] = []
    const stop = await test.app.liveBus.subscribe({
      control: (message) => void (message.type === 'slug.changed' && told.push(message.slugs)),
      gap: () => {},
    })
    const other = await test.database.sql.reserve()
    try {
      await other`begin`
      await other`select from webhook where id = ${id} for update`
      const rotate = async () =>
        (await ann.post(`/api/v1/webhooks/${id}/rotate-url`)).json<{ slug: string }>().slug
      const both = Promise.all([rotate(), rotate()])
      await untilWaiting(test, 2)
      await other`commit`
      const slugs = await both
      expect(told.some((some) => slugs.every((slug) => some.includes(slug)))).toBe(true)
    } finally {
      other.release()
      await stop()
    }
  })

  it.each(['Set-Cookie', 'NEL', 'Report-To', 'Alt-Svc', 'Accept-CH', 'Set-Login', 'Use-As-Dictionary'])(
    'returns 400 for the response header %s, which affects the whole host',
    async (name) => {
      await using test = await buildTestApp()
      const ann = test.as('ann')
      const { id } = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
      const refused = await ann.patch(`/api/v1/webhooks/${id}`, { response: { headers: [[name, 'x']] } })
      expect(refused.json()).toMatchObject({
        status: 400,
        errors: [{ path: '/response/headers/0', message: expect.stringContaining(name) }],
      })
    },
  )

  it('returns 400 for a limit above the limit of the server', async () => {
    await using test = await buildTestApp({ BODY_LIMIT_BYTES: '1000', WEBHOOK_RETENTION_DAYS: '7' })
    const ann = test.as('ann')
    const { id } = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
    const refused = await ann.patch(`/api/v1/webhooks/${id}`, {
      limits: { bodyBytesMax: 1001, retentionDays: 8 },
    })
    expect([refused.statusCode, refused.json().errors]).toEqual([
      400,
      [
        { path: '/limits/bodyBytesMax', message: 'must be at most 1000, the limit of this server' },
        { path: '/limits/retentionDays', message: 'must be at most 7, the limit of this server' },
      ],
    ])
    const taken = await ann.patch(`/api/v1/webhooks/${id}`, {
      limits: { bodyBytesMax: 1000, retentionDays: 7 },
    })
    expect(taken.json().limits).toMatchObject({ bodyBytesMax: 1000, retentionDays: 7 })
  })

  it('applies both of two concurrent changes', async () => {
    await using test = await buildTestApp()
    const ann = test.as('ann')
    const { id } = (await ann.post('/api/v1/webhooks', { name: 'a' })).json()
    const other = await test.database.sql.reserve()
    try {
      await other`begin`
      await other`update webhook set status = 'disabled' where id = ${id}`
      const renamed = ann.patch(`/api/v1/webhooks/${id}`, { name: 'b' })
      await untilWaiting(test, 1)
      await other`commit`
      expect((await renamed).json()).toMatchObject({ name: 'b', status: 'disabled' })
    } finally {
      other.release()
    }
  })

  it.each([
    { headers: [['Set-Cookie', 'a=b']], path: '/response/headers/0' },
    { headers: [['x-a', 'a\r\nb: c']], path: '/response/headers/0' },
    {
      headers: [
        ['x-a', 'y'],
        ['Access-Control-Allow-Origin', '*'],
      ],
      path: '/response/headers/1',
    },
  ])('returns 400 for a response with the headers $headers', async ({ headers, path }) => {
    await using test = await buildTestApp()
    const { id } = (await test.as('ann').post('/api/v1/webhooks', { name: 'a' })).json()
    const res = await test.as('ann').patch(`/api/v1/webhooks/${id}`, { response: { headers } })
    expect(res.json()).toMatchObject({ code: 'validation', errors: [{ path }] })
  })
})
