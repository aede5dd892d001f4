import { newId } from '@whook/runtime/ids'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Sql } from '../client.js'
import { verifyLedger } from '../queries/ledger/verify-ledger.js'
import { storeBatch } from '../queries/request/store-batch.js'
import { capturedRequest, idAt, seedDestination, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { dropExpiredPartitions, ensurePartitions, readPartitions } from './partitions.js'
import { retentionSteps } from './retention.js'
import { runSteps } from './run-steps.js'

const dayMs = 24 * 3_600_000
const fail = (step: string, error: unknown) => {
  throw new Error(step, { cause: error })
}
const expire = (sql: Sql, retentionDays: number) =>
  runSteps(retentionSteps(sql, { retentionDays, onEnded: () => {} }), { onFailed: fail })

/** A webhook with a destination, and a function that stores requests with ids of other days. */
async function withWebhook() {
  const database = await createTestDatabase()
  const { sql, db } = database
  const webhook = await seedWebhook(db)
  await seedDestination(db, webhook.id)
  const store = (...daysFromNow: number[]) => {
    const requests = daysFromNow.map((days) =>
      capturedRequest(webhook.id, { id: idAt(Date.now() + days * dayMs) }),
    )
    return storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })
  }
  const days = async () => (await sql`select count(*)::int as n from pg_inherits`)[0]!['n'] as number
  return { ...database, store, days, [Symbol.asyncDispose]: database.drop }
}

/** Drops the partitions from today on, as after days without maintenance. */
const dropComingDays = (sql: Sql) => sql`
  do $$ declare part text; begin
    for part in select inhrelid::regclass::text from pg_inherits
      where inhrelid::regclass::text ~ '_[0-9]{8}$'
        and right(inhrelid::regclass::text, 8) >= to_char(now() at time zone 'UTC', 'YYYYMMDD')
    loop execute 'drop table ' || part; end loop;
  end $$`

describe('partitions', () => {
  afterEach(() => vi.useRealTimers())

  it('keeps every day when the clock of the process is 100 days ahead', async () => {
    await using test = await withWebhook()
    const before = await test.days()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 100 * dayMs })
    expect(await dropExpiredPartitions(test.sql, 30)).toEqual([])
    await expire(test.sql, 30)
    expect(await test.days()).toBe(before)
  })

  it('creates all days and moves their rows out of the default partitions', async () => {
    await using test = await withWebhook()
    const { sql } = test
    await dropComingDays(sql)
    await test.store(0, 3, 10)
    await sql`insert into attempt (delivery_id, number, started_at, duration_ms, outcome, request_url, request_method,
        request_headers, request_body_size, response_headers, console)
      select id, 1, now(), 1, 'delivered', '', '', '[]', 0, '[]', '[]' from delivery`
    expect(await readPartitions(sql)).toEqual({ daysAhead: 0, defaultRows: 9 })

    expect(await ensurePartitions(sql)).toHaveLength(8)
    expect(await readPartitions(sql)).toEqual({ daysAhead: 7, defaultRows: 3 })
    expect(await ensurePartitions(sql)).toEqual([])
    for (const table of ['webhook_request', 'delivery', 'attempt'])
      expect(await sql`select from ${sql(table)}`).toHaveLength(3)
    expect((await verifyLedger(sql)).differences).toEqual([])
    // Creating a later day also moves its rows.
    await sql`select ensure_partitions((now() at time zone 'UTC')::date + 10, (now() at time zone 'UTC')::date + 10)`
    expect((await readPartitions(sql)).defaultRows).toBe(0)
    expect((await verifyLedger(sql)).differences).toEqual([])
  })

  it('creates the other days and throws when one day fails', async () => {
    await using test = await withWebhook()
    const { sql } = test
    await dropComingDays(sql)
    await sql`create function refuse() returns event_trigger language plpgsql as $$ begin
      if tg_tag = 'ALTER TABLE' and exists (select from pg_class
        where relname = 'attempt_' || to_char((now() at time zone 'UTC')::date + 3, 'YYYYMMDD')) then
        raise exception 'not this day';
      end if;
    end $$`
    await sql`create event trigger refuse on ddl_command_end execute function refuse()`
    await expect(ensurePartitions(sql)).rejects.toThrow('Could not create the partitions of 1 days')
    expect((await readPartitions(sql)).daysAhead).toBe(6)
    await sql`drop event trigger refuse`
    expect(await ensurePartitions(sql)).toHaveLength(1)
  })

  it('removes expired rows of the default partitions, and counts them', async () => {
    await using test = await withWebhook()
    const { sql } = test
    await test.store(-100, -99, -20, 0)
    expect((await readPartitions(sql)).defaultRows).toBe(6)
    await expire(sql, 30)
    expect((await readPartitions(sql)).defaultRows).toBe(2)
    expect([...(await sql`select stored::int, expired::int from webhook_total`)]).toEqual([
      { stored: 4, expired: 2 },
    ])
    expect((await verifyLedger(sql)).differences).toEqual([])
  })
})
