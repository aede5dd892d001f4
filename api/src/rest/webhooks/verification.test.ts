import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApp } from '../../testing/build-test-app.js'

let test: Awaited<ReturnType<typeof buildTestApp>>

beforeAll(async () => {
  test = await buildTestApp()
})
afterAll(() => test.close())

describe('PATCH /api/v1/webhooks/:webhookId', () => {
  it.each([
    { verification: { provider: 'discord', secrets: ['no key'] }, path: '/verification/secrets/0' },
    { verification: { provider: 'standard', secrets: ['AAAA', 'whsec_'] }, path: '/verification/secrets/1' },
    { verification: { provider: 'amazon-sns', secrets: ['orders'] }, path: '/verification/secrets/0' },
    { verification: { provider: 'amazon-sns', secrets: [] }, path: '/verification/secrets' },
    { verification: { provider: 'paypal', secrets: ['a|b'] }, path: '/verification/secrets/0' },
    { verification: { provider: 'stripe', secrets: [] }, path: '/verification/secrets' },
    {
      verification: { provider: 'stripe', secrets: ['s'], verifyToken: 't' },
      path: '/verification/verifyToken',
    },
  ])('returns 400 for settings that can never verify: $verification', async ({ verification, path }) => {
    const { id } = (await test.as('ann').post('/api/v1/webhooks', { name: 'a' })).json()
    const res = await test.as('ann').patch(`/api/v1/webhooks/${id}`, { verification })
    expect(res.json()).toMatchObject({ status: 400, code: 'validation', errors: [{ path }] })
  })

  it('stores the verify token sealed and never returns it', async () => {
    const { id } = (await test.as('ann').post('/api/v1/webhooks', { name: 'a' })).json()
    const verification = { provider: 'meta', secrets: ['app-secret'], verifyToken: 'my-token' }
    const res = await test.as('ann').patch(`/api/v1/webhooks/${id}`, { verification })
    expect(res.json().verification).toEqual({ provider: 'meta', secretCount: 1, hasVerifyToken: true })
    const [row] = await test.database.sql`select verification::text as stored from webhook where id = ${id}`
    expect(res.body + row!['stored']).not.toMatch(/my-token|app-secret/)
  })
})
