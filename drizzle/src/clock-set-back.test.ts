import { newId } from '@whook/runtime/ids'
import { claimFrom } from '@whook/testing/claim-from'
import { forceStatus, readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { describe, expect, it } from 'vitest'
import { dueQueues } from './queries/delivery/claim-deliveries.js'
import { reclaimDeliveries } from './queries/delivery/reclaim-deliveries.js'
import { circuitRules } from './queries/delivery/record-attempts.js'
import { followClock } from './maintenance/follow-clock.js'
import { createReplay } from './queries/replay/bulk-replay.js'
import { stepReplay } from './queries/replay/step-replay.js'
import { claimPending } from './queries/pending-verification/claim-pending.js'

/** Every stored time is one hour in the future: the clock of the database was set back, for example by a failover. */
describe('a database clock that was set back one hour', () => {
  it('continues the rate limit from now', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { destination } = await seedQueue(database, {
      destination: { limits: { concurrency: 10, ratePerSecond: 2 } },
    })
    await claimFrom(sql, destination.id, 0)
    await sql`update destination_state set rate_at = now() + interval '1 hour', rate_tokens = 0.5`
    expect(await claimFrom(sql, destination.id)).toMatchObject({ ids: [], state: 'rate' })
    const [state] = await sql<{ againMs: number }[]>`
      select again_ms as "againMs" from claim_deliveries(${[destination.id]}::uuid[], '{1}', ${newId()}::uuid, 20)`
    expect(state!.againMs).toBeLessThanOrEqual(500)
    await expect.poll(async () => (await claimFrom(sql, destination.id)).ids).toHaveLength(1)
  })

  it('claims immediately when the tokens of the rate limit are not used up', async () => {
    await using database = await createTestDatabase()
    const { destination } = await seedQueue(database, {
      destination: { limits: { concurrency: 10, ratePerSecond: 2 } },
    })
    await claimFrom(database.sql, destination.id, 0)
    await database.sql`update destination_state set rate_at = now() + interval '1 hour', rate_tokens = 1`
    expect(await claimFrom(database.sql, destination.id)).toMatchObject({
      ids: [expect.any(String)],
      state: 'more',
    })
  })

  it('lets the probe of an open circuit through', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { destination } = await seedQueue(database)
    await claimFrom(sql, destination.id, 0)
    const openFor = (seconds: number) => sql`
      update destination_state set circuit = 'open',
        circuit_open_until = clock_timestamp() + make_interval(secs => ${seconds})`
    await openFor(circuitRules.openSecondsMax)
    expect(await dueQueues(sql)).toEqual([])
    expect(await claimFrom(sql, destination.id)).toMatchObject({ ids: [], state: 'circuit' })
    await openFor(3600)
    expect(await dueQueues(sql)).toHaveLength(1)
    expect((await claimFrom(sql, destination.id)).ids).toHaveLength(1)
  })

  it('ends the lease of a stopped worker', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { deliveryId } = await seedQueue(database)
    await forceStatus(sql, deliveryId, 'delivering', newId())
    await sql`update delivery set lease_until = now() + interval '1 hour'`
    expect(await reclaimDeliveries(sql, { token: newId() })).toEqual([])
    const [lease] = await sql<{ seconds: number }[]>`
      select extract(epoch from lease_until - clock_timestamp())::float8 as seconds from delivery`
    expect(lease!.seconds).toBeGreaterThan(0)
    expect(lease!.seconds).toBeLessThanOrEqual(60)
    await sql`update delivery set lease_until = now() - interval '1 second'`
    expect(await reclaimDeliveries(sql, { token: newId() })).toHaveLength(1)
  })

  it('makes waiting deliveries due earlier by the same time, once', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { deliveryIds } = await seedQueue(database, { count: 3 })
    const [pending, retrying, held] = deliveryIds as [string, string, string]
    expect(await followClock(sql)).toEqual({ secondsBack: 0, deliveries: 0 })
    await forceStatus(sql, retrying, 'retrying', newId())
    await forceStatus(sql, held, 'held', newId())
    await sql`update delivery set next_attempt_at = clock_timestamp() + interval '1 hour' where id = ${pending}`
    await sql`update delivery set next_attempt_at = clock_timestamp() + interval '2 hours' where id = ${retrying}`
    await sql`update delivery set held_for = 'verification-failed', next_attempt_at = 'infinity' where id = ${held}`
    await sql`update maintenance_task set due_at = due_at + interval '1 hour' where task = 'clock'`

    expect(await followClock(sql)).toEqual({ secondsBack: expect.closeTo(3600, -2), deliveries: 2 })
    expect((await readDelivery(sql, pending)).dueInMs).toBeLessThanOrEqual(1000)
    const { dueInMs } = await readDelivery(sql, retrying)
    expect(dueInMs).toBeGreaterThan(3_500_000)
    expect(dueInMs).toBeLessThanOrEqual(3_602_000)
    expect(await sql`select from delivery where next_attempt_at = 'infinity'`).toHaveLength(1)
    expect(await followClock(sql)).toEqual({ secondsBack: 0, deliveries: 0 })
  })

  it('steps a running replay', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook } = await seedQueue(database)
    await createReplay(database, { userId: webhook.userId, selection: { webhookId: webhook.id } })
    await sql`update replay set stepped_at = now() + interval '4 minutes'`
    expect(await stepReplay(sql), 'the longest backoff is about two minutes').toBeUndefined()
    await sql`update replay set stepped_at = now() + interval '1 hour'`
    expect(await stepReplay(sql)).toMatchObject({ finished: true })
  })

  it('repeats a pending signature check', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { requests } = await seedQueue(database)
    await sql`insert into pending_verification (request_id, due_at) values (${requests[0]!.id}, now() + interval '10 minutes')`
    expect(await claimPending(sql, 10)).toEqual([])
    await sql`update pending_verification set due_at = now() + interval '1 hour'`
    expect(await claimPending(sql, 10)).toHaveLength(1)
  })
})
