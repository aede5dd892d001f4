import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { listenWithWebhook } from '../testing/listen.js'
import { ownersBrowser } from '../testing/local-owner.js'
import { createLoginLink } from './login-links.js'
import { hashSessionId } from './sessions.js'

let test: Awaited<ReturnType<typeof listenWithWebhook>>
beforeAll(async () => {
  test = await listenWithWebhook({ TRUST_PROXY: '127.0.0.1' })
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.database.sql`delete from session`
  test.app.sessions.forget()
})

const status = async (browser: Awaited<ReturnType<typeof ownersBrowser>>) =>
  (await browser.call('/api/v1/me')).status

/** Moves a time column of every session back by an interval. */
async function age(column: 'last_seen_at' | 'expires_at', interval: string) {
  const { sql } = test.database
  await sql`update session set ${sql(column)} = ${sql(column)} - ${interval}::interval`
  test.app.sessions.forget()
}

describe('sessions', () => {
  it('expire after 7 days without use, not a minute earlier', async () => {
    const browser = await ownersBrowser(test)
    await age('last_seen_at', '6 days 23 hours 59 minutes')
    expect(await status(browser)).toBe(200)
    await age('last_seen_at', '7 days 1 second')
    expect(await status(browser)).toBe(401)
  })

  it('expire 30 days after sign-in even when used', async () => {
    const browser = await ownersBrowser(test)
    await age('expires_at', '29 days 23 hours 59 minutes')
    expect(await status(browser)).toBe(200)
    await age('expires_at', '1 minute')
    expect(await status(browser)).toBe(401)
  })

  it('are updated at most once a minute by concurrent calls', async () => {
    const browser = await ownersBrowser(test)
    const version = async () =>
      (await test.database.sql<{ xmin: string }[]>`select xmin from session`)[0]!.xmin
    const versionsSeen = async () => {
      const seen = Array.from({ length: 10 }, async () => (await status(browser), version()))
      return new Set(await Promise.all(seen))
    }
    const before = await version()
    expect(await versionsSeen()).toEqual(new Set([before]))
    await age('last_seen_at', '61 seconds')
    const aged = await version()
    const after = await versionsSeen()
    after.delete(aged)
    expect(after.size).toBe(1)
  })

  it('are stored by a hash, never by the id of the cookie', async () => {
    const id = await test.app.sessions.create({
      userId: await test.as('ann').userId(),
      ip: '',
      userAgent: '',
    })
    const [row] = await test.database.sql<
      { id_hash: Buffer; all: string }[]
    >`select id_hash, session::text as all from session`
    expect(row!.id_hash.equals(hashSessionId(id))).toBe(true)
    expect(row!.all).not.toContain(id)
  })

  it('are not cached when they end during a read', async () => {
    const userId = await test.as('ann').userId()
    const id = await test.app.sessions.create({ userId, ip: '', userAgent: '' })
    await age('last_seen_at', '2 minutes')
    const held = await test.database.sql.reserve()
    await held`begin`
    await held`delete from session`
    // The read finds the row, then waits for the lock to update last_seen_at.
    const reading = test.app.sessions.find(id)
    await untilLockWait()
    test.app.sessions.forget()
    await held`commit`
    held.release()
    await reading
    expect(await test.app.sessions.find(id)).toBeUndefined()
  })

  it('get a new id at every sign-in, which ends the previous session', async () => {
    const first = await ownersBrowser(test)
    const old = first.cookies.get('whook_sid')
    const token = (await createLoginLink(test.app.db, test.config.publicUrl)).split('#token=')[1]
    expect((await first.call('/auth/local', { method: 'POST', body: { token } })).status).toBe(204)
    expect(await status(first)).toBe(200)
    expect(await test.database.sql`select from session`).toHaveLength(1)
    first.cookies.set('whook_sid', old!)
    expect(await status(first)).toBe(401)
  })

  it('reject a cookie with any changed letter', async () => {
    const browser = await ownersBrowser(test)
    const good = browser.cookies.get('whook_sid')!
    for (const at of [0, 10, Math.floor(good.length / 2), good.length - 3]) {
      const letter = good[at] === 'A' ? 'B' : 'A'
      browser.cookies.set('whook_sid', good.slice(0, at) + letter + good.slice(at + 1))
      expect(await status(browser)).toBe(401)
    }
  })
})

describe('GET and DELETE /api/v1/sessions', () => {
  it('lists device, address and the current session, and ends one or all', async () => {
    const [here, there] = [await ownersBrowser(test), await ownersBrowser(test)]
    const list = async () => {
      const page = (await here.call('/api/v1/sessions')).json<{
        items: { id: string; current: boolean; ip: string }[]
      }>()
      return page.items
    }
    const items = await list()
    expect(items.map(({ current }) => current).sort()).toEqual([false, true])
    for (const { ip } of items) expect(ip).toMatch(/^198\.51\./)

    const other = items.find(({ current }) => !current)!
    expect((await here.change('DELETE', `/api/v1/sessions/${other.id}`)).status).toBe(204)
    expect([await status(here), await status(there)]).toEqual([200, 401])
  })

  it('omits expired sessions', async () => {
    const browser = await ownersBrowser(test)
    await ownersBrowser(test)
    await test.database
      .sql`update session set last_seen_at = now() - interval '8 days' where ctid = (select max(ctid) from session)`
    const { items } = (await browser.call('/api/v1/sessions')).json<{ items: object[] }>()
    expect(items).toHaveLength(1)
  })

  it('invalidates every cookie and closes every socket', async () => {
    const browsers = [await ownersBrowser(test), await ownersBrowser(test)]
    const closed = await Promise.all(
      browsers.map(async (browser) => {
        const headers = { cookie: browser.cookie(), origin: 'http://localhost:5000' }
        const socket = new WebSocket(`ws://localhost:${test.port}/ws`, { headers })
        await new Promise((resolve) => socket.once('message', resolve))
        return { code: new Promise((resolve) => socket.once('close', resolve)) }
      }),
    )
    expect((await browsers[0]!.change('DELETE', '/api/v1/sessions')).status).toBe(204)
    expect(await Promise.all(closed.map(({ code }) => code))).toEqual([4001, 4001])
    for (const browser of browsers) expect(await status(browser)).toBe(401)
  })
})

/** Waits until a connection waits for a lock. */
const untilLockWait = () =>
  vi.waitFor(
    async () => {
      const rows = await test.database.sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      expect(rows.length).toBeGreaterThan(0)
    },
    { timeout: 20_000 },
  )
