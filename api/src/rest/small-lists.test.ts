import { session } from '@whook/drizzle'
import { forceStatus, seedQueue } from '@whook/testing/seed-delivery'
import { recordAttempts } from '@whook/drizzle/queries/delivery/record-attempts'
import { replayRequest } from '@whook/drizzle/queries/replay/replay-request'
import { deliveryResult } from '@whook/testing/delivery-result'
import { newId } from '@whook/runtime/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashSessionId } from '../auth/sessions.js'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

const token = newId()

/** Returns every id of a list, page by page. */
async function idsOf(name: string, url: string, limit: number) {
  const ids: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const answer = await test.as(name).get(`${url}?limit=${limit}${cursor && `&cursor=${cursor}`}`)
    const page = answer.json<{ items: { id: string }[]; nextCursor: string | null }>()
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  return ids
}

/** A request with a first delivery and several replays. */
async function withReplays(name: string, count: number) {
  const queue = await seedQueue(test.database, { webhook: { userId: await test.as(name).userId() } })
  const order = { userId: queue.webhook.userId, requestId: queue.requests[0]!.id }
  const replays: string[] = []
  for (let n = 0; n < count; n++) replays.push((await replayRequest(test.database.sql, order))[0]!.id)
  return { ...queue, requestId: order.requestId, replays }
}

describe('GET /api/v1/requests/:requestId/deliveries', () => {
  it('lists each delivery once over several pages', async () => {
    const { requestId, deliveryId, replays } = await withReplays('paged', 6)
    const ids = await idsOf('paged', `/api/v1/requests/${requestId}/deliveries`, 2)
    expect(ids.toSorted()).toEqual([deliveryId, ...replays].toSorted())
  })
})

describe('GET /api/v1/requests/:requestId', () => {
  it('returns status and duration of the last attempt, not the largest', async () => {
    const queue = await withReplays('last', 1)
    const attempts = [
      [queue.deliveryId, 503, 900, 60_000],
      [queue.replays[0]!, 200, 12, 0],
    ] as const
    for (const [deliveryId, statusCode, durationMs, ago] of attempts) {
      await forceStatus(test.database.sql, deliveryId, 'delivering', token)
      const startedAt = new Date(Date.now() - ago)
      const attempt = { statusCode, durationMs, startedAt }
      await recordAttempts(test.database.sql, token, [deliveryResult({ ...queue, deliveryId }, { attempt })])
    }
    const { deliveries } = (await test.as('last').get(`/api/v1/requests/${queue.requestId}`)).json()
    expect(deliveries).toMatchObject({ total: 2, lastStatusCode: 200, lastDurationMs: 12 })
  })
})

describe('GET /api/v1/sessions', () => {
  it('lists each session once when several have the same start time', async () => {
    const userId = await test.as('ties').userId()
    const createdAt = new Date()
    const rows = Array.from({ length: 5 }, (_, n) => ({
      idHash: hashSessionId(`tie ${n}`),
      userId,
      ip: '192.0.2.1',
      userAgent: '',
      createdAt,
      expiresAt: new Date(Date.now() + 60_000),
    }))
    await test.database.db.insert(session).values(rows)
    const ids = await idsOf('ties', '/api/v1/sessions', 2)
    expect(ids.toSorted()).toEqual(rows.map(({ idHash }) => idHash.toString('base64url')).toSorted())
  })
})

describe('DELETE /api/v1/me', () => {
  it.each(['', '?confirm=', `?confirm=${newId()}`, '?confirm=yes'])(
    'returns 400 and deletes nothing with the query %j',
    async (query) => {
      expect((await test.as('kept').delete(`/api/v1/me${query}`)).json()).toMatchObject({
        status: 400,
        errors: [{ path: '?confirm' }],
      })
      expect((await test.as('kept').get('/api/v1/me')).statusCode).toBe(200)
    },
  )
})

describe('GET /api/problems/:code', () => {
  it('returns the meaning of a problem as JSON or HTML', async () => {
    const { type } = (await test.as('types').get('/api/v1/webhooks?nope=1')).json<{ type: string }>()
    const asProgram = await test.app.inject({ url: type })
    expect(asProgram.json()).toEqual({ code: 'validation', status: 400, title: 'The request is not valid' })
    const asPerson = await test.app.inject({ url: type, headers: { accept: 'text/html' } })
    expect([asPerson.headers['content-type'], asPerson.body]).toEqual([
      'text/html; charset=utf-8',
      expect.stringContaining('The request is not valid'),
    ])
    expect((await test.app.inject({ url: '/api/problems/constructor' })).statusCode).toBe(404)
  })
})
