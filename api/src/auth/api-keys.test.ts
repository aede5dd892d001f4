import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createBrowser } from '../testing/browser.js'
import { listenWithWebhook } from '../testing/listen.js'
import { newApiKey } from './api-key-format.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook({ TRUST_PROXY: '127.0.0.1' })
})
afterAll(() => test.close())

/** Every browser in this test has its own address, so its own rate limit. */
const callWith = (key: string, browser = createBrowser(test.port), path = '/api/v1/me') =>
  browser.call(path, { headers: { authorization: `Bearer ${key}` } })

async function makeKey(name: string, body: object = {}) {
  const answer = await test.as(name).post('/api/v1/api-keys', { name: 'a key', scopes: ['read'], ...body })
  return answer.json<{ id: string; key: string; prefix: string }>()
}

/** Replaces one letter, so that the checksum is wrong. */
const misspelt = (key: string) => key.slice(0, 10) + (key[10] === 'a' ? 'b' : 'a') + key.slice(11)

describe('API keys', () => {
  it('shows a key once and stores its hash', async () => {
    const { key, prefix } = await makeKey('ann')
    expect(key).toMatch(/^whk_[0-9A-Za-z]{36}$/)
    expect(key.startsWith(prefix)).toBe(true)
    const rows = await test.database.sql<{ all: string }[]>`select api_key::text as all from api_key`
    for (const { all } of rows) expect(all).not.toContain(key.slice(12))
    const list = (await test.as('ann').get('/api/v1/api-keys')).body
    expect(list).not.toContain(key.slice(12))
  })

  it('refuses a mistyped key without a query', async () => {
    const { key } = await makeKey('ann')
    const held = await test.database.sql.reserve()
    await held`begin`
    await held`lock table api_key in access exclusive mode`
    try {
      const answer = await callWith(misspelt(key))
      expect(answer.json()).toMatchObject({ status: 401, code: 'api-key-invalid' })
    } finally {
      await held`rollback`
      held.release()
    }
    expect((await callWith(key)).status).toBe(200)
  })

  it('updates the last use at most once a minute', async () => {
    const { key, id } = await makeKey('ann')
    const version = async () => {
      const [row] = await test.database.sql<{ xmin: string; used: Date | null }[]>`
        select xmin, last_used_at as used from api_key where id = ${id}`
      return row!
    }
    expect((await version()).used).toBeNull()
    await Promise.all(Array.from({ length: 10 }, () => callWith(key)))
    const first = await version()
    expect(first.used).toBeInstanceOf(Date)
    await Promise.all(Array.from({ length: 10 }, () => callWith(key)))
    expect((await version()).xmin).toBe(first.xmin)
    await test.database.sql`update api_key set last_used_at = now() - interval '61 seconds' where id = ${id}`
    await callWith(key)
    expect((await version()).used!.getTime()).toBeGreaterThan(first.used!.getTime())
  })

  it.each([
    ['in the URL', (key: string) => ({ path: `/api/v1/me?api_key=${key}&access_token=${key}`, headers: {} })],
    ['in a cookie', (key: string) => ({ path: '/api/v1/me', headers: { cookie: `whook_sid=${key}` } })],
    ['in x-api-key', (key: string) => ({ path: '/api/v1/me', headers: { 'x-api-key': key } })],
    [
      'as a Basic password',
      (key: string) => ({
        path: '/api/v1/me',
        headers: { authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}` },
      }),
    ],
  ])('ignores a key %s', async (_name, make) => {
    const { key } = await makeKey('ann')
    const { path, headers } = make(key)
    expect(
      (await createBrowser(test.port).call(path, { headers: headers as Record<string, string> })).status,
    ).toBe(401)
  })

  it('refuses an expired or revoked key and closes its sockets', async () => {
    const { key, id } = await makeKey('ann', { expiresAt: new Date(Date.now() + 3600_000).toISOString() })
    expect((await callWith(key)).status).toBe(200)
    await test.database.sql`update api_key set expires_at = now() where id = ${id}`
    expect((await callWith(key)).status).toBe(401)
    await test.database.sql`update api_key set expires_at = null where id = ${id}`

    const socket = new WebSocket(`ws://localhost:${test.port}/ws`, {
      headers: { authorization: `Bearer ${key}` },
    })
    await new Promise((resolve) => socket.once('message', resolve))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    expect((await test.as('ann').delete(`/api/v1/api-keys/${id}`)).statusCode).toBe(204)
    expect(await closed).toBe(4001)
    expect((await callWith(key)).status).toBe(401)
  })

  it('returns 429 for too many wrong keys of a client, but accepts its valid key', async () => {
    const [browser, { key }] = [createBrowser(test.port), await makeKey('ann')]
    // Concurrent, because the bucket gains one token every 3 seconds.
    const answers = await Promise.all(
      Array.from({ length: 22 }, (_, i) => callWith(i % 2 ? newApiKey() : 'whk_x', browser)),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(20).fill(401), 429, 429])
    const limited = await callWith(newApiKey(), browser)
    expect(limited.json()).toMatchObject({ code: 'rate-limited' })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await callWith(key, browser)).status).toBe(200)
  })

  it('returns 409 when a user has 100 keys', async () => {
    await test.as('hoarder').key()
    for (let i = 1; i < 100; i++) await makeKey('hoarder')
    const over = await test.as('hoarder').post('/api/v1/api-keys', { name: 'x', scopes: ['read'] })
    expect(over.json()).toMatchObject({ status: 409, code: 'limit-reached' })
  })
})
