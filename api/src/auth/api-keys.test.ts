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

/** Every caller here has an address of its own, and with it a limit of its own. */
const callWith = (key: string, browser = createBrowser(test.port), path = '/api/v1/me') =>
  browser.call(path, { headers: { authorization: `Bearer ${key}` } })

async function makeKey(name: string, body: object = {}) {
  const answer = await test.as(name).post('/api/v1/api-keys', { name: 'a key', scopes: ['read'], ...body })
  return answer.json<{ id: string; key: string; prefix: string }>()
}

/** A letter exchanged for another one: the checksum no longer fits. */
const misspelt = (key: string) => key.slice(0, 10) + (key[10] === 'a' ? 'b' : 'a') + key.slice(11)

describe('an API key', () => {
  it('is shown once and stored as a hash', async () => {
    const { key, prefix } = await makeKey('ann')
    expect(key).toMatch(/^whk_[0-9A-Za-z]{36}$/)
    expect(key.startsWith(prefix)).toBe(true)
    const rows = await test.database.sql<{ all: string }[]>`select api_key::text as all from api_key`
    for (const { all } of rows) expect(all).not.toContain(key.slice(12))
    const list = (await test.as('ann').get('/api/v1/api-keys')).body
    expect(list).not.toContain(key.slice(12))
  })

  it('that is misspelt costs no query: it is refused while nobody can read the table', async () => {
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

  it('notes its last use, at most once a minute', async () => {
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
    [
      'in the address',
      (key: string) => ({ path: `/api/v1/me?api_key=${key}&access_token=${key}`, headers: {} }),
    ],
    ['in a cookie', (key: string) => ({ path: '/api/v1/me', headers: { cookie: `whook_sid=${key}` } })],
    ['in x-api-key', (key: string) => ({ path: '/api/v1/me', headers: { 'x-api-key': key } })],
    [
      'as Basic password',
      (key: string) => ({
        path: '/api/v1/me',
        headers: { authorization: `Basic ${Buffer.from(`:${key}`).toString('base64')}` },
      }),
    ],
  ])('is not read %s', async (_name, make) => {
    const { key } = await makeKey('ann')
    const { path, headers } = make(key)
    expect(
      (await createBrowser(test.port).call(path, { headers: headers as Record<string, string> })).status,
    ).toBe(401)
  })

  it('is worth nothing once it expired or was revoked, and its sockets close', async () => {
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

  it('429: guessing is limited per caller; the right key of the same caller still works', async () => {
    const [browser, { key }] = [createBrowser(test.port), await makeKey('ann')]
    // At once: the bucket fills by one every three seconds.
    const answers = await Promise.all(
      Array.from({ length: 22 }, (_, i) => callWith(i % 2 ? newApiKey() : 'whk_x', browser)),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(20).fill(401), 429, 429])
    const limited = await callWith(newApiKey(), browser)
    expect(limited.json()).toMatchObject({ code: 'rate-limited' })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await callWith(key, browser)).status).toBe(200)
  })

  it('409: there are at most a hundred of a user', async () => {
    await test.as('hoarder').key()
    for (let i = 1; i < 100; i++) await makeKey('hoarder')
    const over = await test.as('hoarder').post('/api/v1/api-keys', { name: 'x', scopes: ['read'] })
    expect(over.json()).toMatchObject({ status: 409, code: 'limit-reached' })
  })
})
