import { apiKey, destination, destinationSecret, session, webhook } from '@whook/drizzle'
import { limits } from '@whook/shared'
import { newId, newSlug } from '@whook/runtime/ids'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from '../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>
beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

const atOnce = 120

async function fire(call: () => Promise<{ statusCode: number }>) {
  const answers = await Promise.all(Array.from({ length: atOnce }, call))
  const counts = new Map<number, number>()
  for (const { statusCode } of answers) counts.set(statusCode, (counts.get(statusCode) ?? 0) + 1)
  return Object.fromEntries(counts)
}

const webhookOf = async (name: string): Promise<string> =>
  (await test.as(name).post('/api/v1/webhooks', { name: 'x' })).json().id

describe('count limits under concurrency', () => {
  it('creates 50 destinations of a webhook when 120 are posted concurrently', async () => {
    const webhookId = await webhookOf('ann')
    const ann = test.as('ann')
    const counts = await fire(() =>
      ann.post(`/api/v1/webhooks/${webhookId}/destinations`, { url: 'https://receiver.example/hook' }),
    )
    const max = limits.destinationsPerWebhookMax
    expect(counts).toEqual({ 201: max, 409: atOnce - max })
    const { db } = test.database
    expect(await db.$count(destination, eq(destination.webhookId, webhookId))).toBe(max)
  })

  it('creates API keys up to 100 when 120 are posted concurrently', async () => {
    const ann = test.as('ann')
    const counts = await fire(() => ann.post('/api/v1/api-keys', { name: 'k', scopes: ['read'] }))
    // The test user already has one key.
    const max = limits.apiKeysPerUserMax
    expect(counts).toEqual({ 201: max - 1, 409: atOnce - max + 1 })
    expect(await test.database.db.$count(apiKey, eq(apiKey.userId, await ann.userId()))).toBe(max)
  })

  it('creates webhooks up to 1,000 when 120 are posted concurrently', async () => {
    const ben = test.as('ben')
    const userId = await ben.userId()
    const { db } = test.database
    await db.insert(webhook).values(
      Array.from({ length: limits.webhooksPerUserMax - 20 }, () => ({
        id: newId(),
        userId,
        slug: newSlug(),
        name: 'seeded',
        response: { status: 202, headers: [], body: null },
        limits: { requestsPerSecond: null, bodyBytesMax: null, retentionDays: null },
      })),
    )
    expect(await fire(() => ben.post('/api/v1/webhooks', { name: 'x' }))).toEqual({ 201: 20, 409: 100 })
    expect(await db.$count(webhook, eq(webhook.userId, userId))).toBe(limits.webhooksPerUserMax)
  })

  it('starts 5 replays of a user when 120 are posted', async () => {
    const webhookId = await webhookOf('cat')
    const cat = test.as('cat')
    const answers = []
    for (let round = 0; round < 12; round++)
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, () => cat.post('/api/v1/replays', { webhookId, requestFilter: {} })),
        )),
      )
    const started = answers.filter(({ statusCode }) => statusCode === 202)
    const refused = answers.filter(({ statusCode }) => statusCode === 429)
    expect([started.length, refused.length]).toEqual([5, 115])
    const quota = refused.filter((answer) => answer.json().code === 'quota-reached')
    expect(quota[0]!.json().detail).toContain('At most 5 replays of one user can run at the same time')
    // A cancelled replay no longer counts.
    const cancelled = await cat.post(`/api/v1/replays/${started[0]!.json().id}/cancel`)
    expect(cancelled.statusCode).toBe(200)
    expect((await cat.post('/api/v1/replays', { webhookId, requestFilter: {} })).statusCode).toBe(202)
  })

  it('keeps 3 secrets of a destination when 120 rotations run concurrently', async () => {
    const webhookId = await webhookOf('dan')
    const dan = test.as('dan')
    const { id } = (
      await dan.post(`/api/v1/webhooks/${webhookId}/destinations`, { url: 'https://receiver.example/hook' })
    ).json()
    expect(await fire(() => dan.post(`/api/v1/destinations/${id}/rotate-secret`))).toEqual({ 200: atOnce })
    const rows = await test.database.db
      .select()
      .from(destinationSecret)
      .where(eq(destinationSecret.destinationId, id))
    expect(rows).toHaveLength(limits.signingSecretsMax)
    expect(rows.filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1)
  })

  it('keeps 100 sessions of a user when 120 are opened concurrently', async () => {
    const userId = await test.as('eve').userId()
    const ids = await Promise.all(
      Array.from({ length: atOnce }, () => test.app.sessions.create({ userId, ip: '', userAgent: '' })),
    )
    expect(new Set(ids).size).toBe(atOnce)
    expect(await test.database.db.$count(session, eq(session.userId, userId))).toBe(limits.sessionsPerUserMax)
  })

  it('keeps 200 versions of a script when 120 restores run concurrently', async () => {
    const webhookId = await webhookOf('fay')
    const fay = test.as('fay')
    const { sql } = test.database
    await sql`insert into transformation_version (webhook_id, version, script)
      select ${webhookId}::uuid, n, 'x' from generate_series(1, ${limits.scriptVersionsMax}) n`
    await sql`update webhook set script_version = ${limits.scriptVersionsMax} where id = ${webhookId}`
    const restore = () => fay.post(`/api/v1/webhooks/${webhookId}/transformation/versions/200/restore`)
    const counts = await fire(restore)
    expect(counts[200]).toBeGreaterThan(0)
    const [row] =
      await sql`select count(*)::int as n from transformation_version where webhook_id = ${webhookId}`
    expect(row!['n']).toBe(limits.scriptVersionsMax)
  })
})
