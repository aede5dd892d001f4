import { compactCounters } from '@whook/drizzle/maintenance/compact'
import { purgeSteps } from '@whook/drizzle/maintenance/purge'
import { runSteps } from '@whook/drizzle/maintenance/run-steps'
import { seedQueue } from '@whook/testing/seed-delivery'
import { describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createBrowser } from '../../testing/browser.js'
import { listenWithWebhook } from '../../testing/listen.js'
import { ownersBrowser } from '../../testing/local-owner.js'

describe('DELETE /api/v1/me', () => {
  it('revokes sessions, keys, sockets and hook URLs, and deletes every row', async () => {
    await using test = await listenWithWebhook({ TRUST_PROXY: '127.0.0.1' })
    const { sql } = test.database
    const browser = await ownersBrowser(test)
    const { userId } = browser
    const queue = await seedQueue(test.database, { webhook: { userId }, count: 3 })
    const { slug } = queue.webhook
    const put = { script: 'function transform(d) { return d }' }
    await browser.change('PUT', `/api/v1/webhooks/${queue.webhook.id}/transformation`, put)
    await browser.change('POST', `/api/v1/destinations/${queue.destination.id}/rotate-secret`, {})
    await browser.change('POST', '/api/v1/replays', { webhookId: queue.webhook.id })
    const made = await browser.change('POST', '/api/v1/api-keys', { name: 'k', scopes: ['read'] })
    const headers = { authorization: `Bearer ${made.json<{ key: string }>().key}` }
    expect((await browser.call(`/${slug}`, { method: 'POST', body: {} })).status).toBe(202)
    const theirs = await rowsOf(sql, userId)
    expect(Object.keys(theirs).length).toBeGreaterThan(8)

    const own = { cookie: browser.cookie(), origin: 'http://localhost:5000' }
    const sockets = [own, headers].map(
      (opened) => new WebSocket(`ws://localhost:${test.port}/ws`, { headers: opened }),
    )
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('message', resolve))))
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)))

    const changed: string[] = []
    const stop = await test.app.liveBus.subscribe({
      control: (message) => void (message.type === 'webhook.changed' && changed.push(...message.webhookIds)),
      gap: () => {},
    })
    expect((await browser.change('DELETE', `/api/v1/me?confirm=${userId}`)).status).toBe(204)
    // Workers drop the destinations now, not at their next poll.
    expect(changed).toContain(queue.webhook.id)
    await stop()
    expect(await Promise.all(closed)).toEqual([4001, 4001])
    expect((await browser.call('/api/v1/me')).status).toBe(401)
    expect((await createBrowser(test.port).call('/api/v1/me', { headers })).status).toBe(401)
    expect((await browser.call(`/${slug}`, { method: 'POST', body: {} })).status).toBe(404)
    expect(
      (await createBrowser(test.port).call(`/${test.webhook.slug}`, { method: 'POST', body: {} })).status,
    ).toBe(202)

    // The first run deletes the rows. A day later the second run deletes late rows and the ids.
    const failed = vi.fn()
    for (let round = 0; round < 2; round++) {
      await compactCounters(sql)
      await runSteps(purgeSteps(sql, { retentionDays: 30 }), { onFailed: failed })
      await sql`update deletion set deleted_at = now() - interval '2 days'`
    }
    expect(failed).not.toHaveBeenCalled()
    expect(await rowsHolding(sql, theirs.ids)).toEqual({})
    expect(await sql`select from "user" where id = ${test.webhook.userId}`).toHaveLength(1)
  })
})

type Sql = Awaited<ReturnType<typeof listenWithWebhook>>['database']['sql']

/** Returns every table with a uuid column, except partitions and views, which show rows of other tables. */
const columns = (sql: Sql) => sql<{ table: string; column: string }[]>`
  select c.table_name as table, c.column_name as column from information_schema.columns as c
  join pg_class on pg_class.oid = format('%I.%I', c.table_schema, c.table_name)::regclass
  where c.table_schema = 'public' and c.data_type = 'uuid' and relkind in ('r', 'p') and not relispartition`

/** Returns the ids of the user and of all its rows, by table. */
async function rowsOf(sql: Sql, userId: string): Promise<Record<string, string[]> & { ids: string[] }> {
  const ids = new Set([userId])
  const byTable: Record<string, string[]> = {}
  for (let size = 0; size < ids.size;) {
    size = ids.size
    for (const { table, column } of await columns(sql)) {
      if (column === 'id' || table === 'user') continue
      const rows = await sql<{ row: { id?: string } }[]>`
        select to_jsonb(t) as row from ${sql(table)} as t where ${sql(column)} in ${sql([...ids])}`
      if (rows.length > 0) byTable[table] = rows.map(({ row }) => row.id ?? '')
      for (const { row } of rows) if (row.id) ids.add(row.id)
    }
  }
  return { ...byTable, ids: [...ids] }
}

/** Counts the rows that still contain any of these ids, by table and column. */
async function rowsHolding(sql: Sql, ids: string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const { table, column } of await columns(sql)) {
    const [row] = await sql<{ count: number }[]>`
      select count(*)::int as count from ${sql(table)} where ${sql(column)} in ${sql(ids)}`
    if (row!.count > 0) found[`${table}.${column}`] = row!.count
  }
  return found
}
