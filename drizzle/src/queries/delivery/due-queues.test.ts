import { seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { describe, expect, it } from 'vitest'
import { dueQueues } from './claim-deliveries.js'

/** 300 destinations with one delivery each that is due in an hour. `due` of them have one due delivery instead. */
async function withQueues({ due, each = 1 }: { due: number; each?: number }) {
  const database = await createTestDatabase()
  const { sql } = database
  await seedQueue(database, { count: 0 })
  await sql`
    insert into destination (id, webhook_id, name, url, headers, forward_headers, timeout_ms, retry, limits)
    select gen_random_uuid(), webhook_id, name, url, headers, forward_headers, timeout_ms, retry, limits
    from destination, generate_series(2, 300)`
  await sql`
    insert into delivery (id, request_id, webhook_id, destination_id, status, next_attempt_at)
    select delivery_id(uuid_floor(now()), id, copy::text), uuid_floor(now()), webhook_id, id, 'retrying',
      now() + case when n <= ${due} then interval '-1 second' else interval '1 hour' end
    from (select *, row_number() over (order by id) as n from destination) as d, generate_series(1, ${each}) as copy`
  await sql`vacuum analyze delivery`
  return database
}

describe('dueQueues', () => {
  it('scans no index for destinations without due deliveries', async () => {
    await using database = await withQueues({ due: 3 })
    const { sql } = database
    const scans = await sql.begin(async (tx) => {
      expect(await tx`select from due_lanes()`).toHaveLength(3)
      const [row] = await tx<{ scans: number }[]>`
        select sum(idx_scan)::int as scans from pg_stat_xact_user_tables where relname like 'delivery\\_%'`
      return row!.scans
    })
    expect(scans).toBeLessThan(40)
  })

  it('returns every destination when more than 1000 deliveries are due', async () => {
    await using database = await withQueues({ due: 250, each: 5 })
    expect(await dueQueues(database.sql)).toHaveLength(250)
  })

  it('returns the same destinations for partitions without the index', async () => {
    await using database = await withQueues({ due: 3 })
    const ids = async () => (await dueQueues(database.sql)).map(({ destinationId }) => destinationId).sort()
    const before = await ids()
    expect(before).toHaveLength(3)
    await database.sql`drop index delivery_next_idx`
    expect(await ids()).toEqual(before)
  })

  it('does not change the index of a claim when all deliveries are of one destination', async () => {
    await using database = await withQueues({ due: 1, each: 20 })
    const { sql } = database
    await sql`delete from delivery where next_attempt_at > now()`
    await sql`vacuum analyze delivery`
    const plan = await sql.begin(async (tx) => {
      await tx`set local plan_cache_mode = force_generic_plan`
      await tx`set local enable_seqscan = off`
      const [{ id }] = await tx<[{ id: string }]>`select destination_id as id from delivery limit 1`
      return tx<{ 'QUERY PLAN': string }[]>`
        explain select id from delivery
        where destination_id = ${id} and status in ('pending', 'retrying', 'held') and next_attempt_at <= now()
        order by next_attempt_at, request_id limit 5`
    })
    const indexes = plan.flatMap((row) => / using (\w+)/.exec(row['QUERY PLAN'])?.[1] ?? [])
    expect(indexes.length).toBeGreaterThan(1)
    for (const index of indexes) expect(index).toContain('destination_id_next_attempt_at')
  })
})
