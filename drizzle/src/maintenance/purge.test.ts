import { newId } from '@whook/runtime/ids'
import { describe, expect, it, vi } from 'vitest'
import { connect, type Sql } from '../client.js'
import { seedQueue } from '@whook/testing/seed-delivery'
import { seedUser } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { claimTurn } from './claim-turn.js'
import { purgeSteps } from './purge.js'
import { runSteps } from './run-steps.js'

async function purge(sql: Sql) {
  const failed = vi.fn()
  await runSteps(purgeSteps(sql, { retentionDays: 30 }), { onFailed: failed })
  return failed.mock.calls.map(([step]) => step as string)
}

describe('purge', () => {
  it('removes rows of a deleted webhook, and cancels those of a deleted destination', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const deleted = await seedQueue(database)
    const kept = await seedQueue(database)
    await sql`delete from webhook where id = ${deleted.webhook.id}`
    await sql`delete from destination where id = ${kept.destination.id}`
    expect(await purge(sql)).toEqual([])
    expect((await sql`select webhook_id from webhook_request`).map((row) => row['webhook_id'])).toEqual([
      kept.webhook.id,
    ])
    expect([...(await sql`select webhook_id, status from delivery`)]).toEqual([
      { webhook_id: kept.webhook.id, status: 'cancelled' },
    ])
  })

  it('removes rows that were stored after the deletion in a second run', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database)
    await sql`create table late as table webhook_request`
    await sql`delete from webhook where id = ${webhook.id}`
    await purge(sql)
    await sql`insert into webhook_request select * from late`
    await purge(sql)
    expect(await sql`select from webhook_request`).toHaveLength(1)
    await sql`update deletion set deleted_at = now() - interval '25 hours'`
    await purge(sql)
    expect(await sql`select from webhook_request`).toHaveLength(0)
    expect(await sql`select from deletion`).toHaveLength(0)
  })

  it('runs the later steps and names the step when one fails', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database)
    await sql`delete from webhook where id = ${webhook.id}`
    await sql`insert into login_link (token_hash, expires_at) values ('a', now() - interval '2 days')`
    await sql`alter table delivery_counter rename to delivery_counter_away`
    await sql`alter table session rename to session_away`
    expect(await purge(sql)).toEqual(['deletions', 'sessions'])
    expect(await sql`select from login_link`).toHaveLength(0)
    await sql`alter table delivery_counter_away rename to delivery_counter`
    expect(await purge(sql)).toEqual(['sessions'])
  })

  it('removes old replays and old series of batch numbers, and keeps the others', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const userId = await seedUser(db)
    const replays = [newId(), newId(), newId()]
    await sql`
      insert into replay (id, user_id, status, selection, total, finished_at)
      select r.id, ${userId}::uuid, case when days is null then 'running' else 'finished' end, '{}', 1,
        now() - make_interval(days => days)
      from unnest(${replays}::uuid[], array[31, 29, null]::int[]) as r(id, days)`
    const [idle, open, young] = [newId(), newId(), newId()]
    await sql`
      insert into accepted_instance (instance_id, contiguous_to, last_stored_at)
      select i.id, 5, now() - make_interval(days => days)
      from unnest(${[idle, open, young]}::uuid[], array[91, 91, 89]) as i(id, days)`
    await sql`insert into accepted_batch (instance_id, number, requests) values (${open!}, 7, 1)`
    expect(await purge(sql)).toEqual([])
    expect((await sql`select id from replay`).map((row) => row['id']).sort()).toEqual(replays.slice(1).sort())
    expect(
      (await sql`select instance_id as id from accepted_instance`).map((row) => row['id']).sort(),
    ).toEqual([open, young].sort())
  })

  it('keeps each statement under 3 s with 85,000 webhooks', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const userId = await seedUser(db)
    const webhooks = 85_000
    await sql`
      insert into webhook (id, user_id, slug, name, response, limits)
      select gen_random_uuid(), ${userId}::uuid, 'wh_' || n, 'many', '{"status":202,"headers":[],"body":null}',
        '{"requestsPerSecond":null,"bodyBytesMax":null,"retentionDays":null}' from generate_series(1, ${webhooks}::int) n`
    await sql`insert into webhook_minute (webhook_id, minute, requests)
      select id, now() - interval '40 days', 1 from webhook`
    // A tenth of the worker's statement timeout.
    await using hurried = connect(database.url, { poolSize: 1, name: 'test', statementTimeoutMs: 3000 })
    expect(await purge(hurried.sql)).toEqual([])
    expect(await sql`select from webhook_minute`).toHaveLength(0)
  }, 120_000)
})

describe('claimTurn', () => {
  it('returns true for one worker per interval', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const claims = () => Promise.all(Array.from({ length: 4 }, () => claimTurn(sql, 'purge', 60_000)))
    expect((await claims()).filter(Boolean)).toHaveLength(1)
    expect((await claims()).filter(Boolean)).toHaveLength(0)
    await sql`update maintenance_task set due_at = now() - interval '1 second'`
    expect((await claims()).filter(Boolean)).toHaveLength(1)
    // The clock of the database was ahead when the time was stored.
    await sql`update maintenance_task set due_at = now() + interval '100 days'`
    expect((await claims()).filter(Boolean)).toHaveLength(1)
  })
})
