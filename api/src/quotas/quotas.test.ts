import { compactCounters } from '@whook/drizzle/maintenance/compact'
import { readUsage } from '@whook/drizzle/queries/user/read-usage'
import { limits } from '@whook/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listenWithWebhook } from '../testing/listen.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
const body = 'x'.repeat(10_000)
const perRequest = body.length + limits.storedRequestBytes

beforeAll(async () => {
  test = await listenWithWebhook({
    QUOTA_STORED_BYTES: String(3 * perRequest),
    QUOTA_REQUESTS_PER_DAY: '5',
    QUOTA_SCRIPT_VERSION_BYTES: '1000',
  })
})
afterAll(() => test.close())

/** Creates a webhook of a user. */
async function webhookOf(name: string) {
  const { id, url } = (await test.as(name).post('/api/v1/webhooks', { name: 'x' })).json()
  const hookUrl = `http://127.0.0.1:${test.port}${new URL(url).pathname}`
  const send = (text: string) => fetch(hookUrl, { method: 'POST', body: text })
  return { id: id as string, send, userId: await test.as(name).userId() }
}

const metric = async (line: string) =>
  (await test.app.inject('/metrics')).body.split('\n').find((text) => text.startsWith(line))

describe('QUOTA_STORED_BYTES', () => {
  it('returns 507 above the quota, and accepts again after a deletion', async () => {
    const { id, send, userId } = await webhookOf('ann')
    for (let n = 0; n < 3; n++) expect((await send(body)).status).toBe(202)
    await test.app.usage.refresh()
    const refused = await send('small')
    expect(refused.status).toBe(507)
    expect(refused.headers.get('retry-after')).toBe('600')
    const problem = (await refused.json()) as { code: string; detail: string }
    expect(problem.code).toBe('storage-full')
    expect(problem.detail).toContain(`${3 * perRequest} bytes (QUOTA_STORED_BYTES)`)
    expect(await metric('whook_quota_reached_total{quota="storedBytes"}')).toMatch(/ 1$/)
    expect(await metric('whook_requests_refused_total{reason="storage-full"}')).toMatch(/ 1$/)
    expect((await test.as('bob').get('/api/v1/me')).json().usage.storedBytes).toBe(0)

    const { items } = (await test.as('ann').get(`/api/v1/webhooks/${id}/requests`)).json()
    expect(items).toHaveLength(3)
    await test.as('ann').delete(`/api/v1/requests/${items[0].id}`)
    await compactCounters(test.database.sql)
    expect((await readUsage(test.database.sql, [userId]))[0]).toMatchObject({
      storedBytes: 2 * perRequest,
      requestsToday: 3,
    })
    await test.app.usage.refresh()
    expect((await send(body)).status).toBe(202)
    expect((await test.as('ann').get('/api/v1/me')).json().usage).toEqual({
      storedBytes: 3 * perRequest,
      storedBytesMax: 3 * perRequest,
      requestsToday: 4,
      requestsPerDayMax: 5,
    })
  })
})

describe('QUOTA_REQUESTS_PER_DAY', () => {
  it('returns 429 until midnight, and counts requests of deleted webhooks', async () => {
    const { id, send, userId } = await webhookOf('cat')
    for (let n = 0; n < 3; n++) expect((await send('a')).status).toBe(202)
    await compactCounters(test.database.sql)
    await test.as('cat').delete(`/api/v1/webhooks/${id}`)
    expect((await readUsage(test.database.sql, [userId]))[0]).toMatchObject({
      storedBytes: 0,
      requestsToday: 3,
    })
    const again = await webhookOf('cat')
    await test.app.usage.refresh()
    for (let n = 0; n < 2; n++) expect((await again.send('a')).status).toBe(202)
    const refused = await again.send('a')
    expect(refused.status).toBe(429)
    const problem = (await refused.json()) as { code: string; detail: string }
    expect(problem.code).toBe('quota-reached')
    expect(problem.detail).toContain('5 requests per day (QUOTA_REQUESTS_PER_DAY)')
    const seconds = Number(refused.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(86_400)
    // A test request of the user counts too.
    const destination = await test
      .as('cat')
      .post(`/api/v1/webhooks/${again.id}/destinations`, { url: 'https://receiver.example/' })
    const tested = await test.as('cat').post(`/api/v1/destinations/${destination.json().id}/test`)
    expect([tested.statusCode, tested.json().code]).toEqual([429, 'quota-reached'])
  })
})

describe('QUOTA_SCRIPT_VERSION_BYTES', () => {
  it('deletes the oldest versions, but no current one, above the quota', async () => {
    const [first, second] = [await webhookOf('dan'), await webhookOf('dan')]
    const dan = test.as('dan')
    const save = (id: string, n: number) =>
      dan.put(`/api/v1/webhooks/${id}/transformation`, {
        script: `function transform(r) { return r } // ${n} ${'-'.repeat(300)}`,
      })
    for (const [id, n] of [
      [first.id, 1],
      [first.id, 2],
      [second.id, 3],
      [second.id, 4],
      [second.id, 5],
    ] as const)
      expect((await save(id, n)).statusCode).toBe(200)
    const versions = async (id: string) =>
      (await dan.get(`/api/v1/webhooks/${id}/transformation/versions`))
        .json()
        .items.map(({ version }: { version: number }) => version)
    // A version has about 340 bytes, so two fit into 1,000 bytes. The current ones are kept first.
    expect(await versions(first.id)).toEqual([2])
    expect(await versions(second.id)).toEqual([3])
    expect(await metric('whook_quota_reached_total{quota="scriptVersionBytes"}')).toMatch(/ [1-9]/)
  })
})
