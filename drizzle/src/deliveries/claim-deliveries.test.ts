import { newId } from '@whook/shared/server/ids'
import { describe, expect, it } from 'vitest'
import type { Sql } from '../client.js'
import { deliveryResult } from '../testing/delivery-result.js'
import { readDelivery, seedLane } from '../testing/seed-delivery.js'
import { createTestDatabase } from '../testing/test-database.js'
import { claimDeliveries, dueLanes, renewLeases } from './claim-deliveries.js'
import {
  cancelOrphanedDeliveries,
  holdDeliveries,
  lanesToRelease,
  releaseDeliveries,
  unparkDeliveries,
} from './hold-deliveries.js'
import { reclaimDeliveries } from './reclaim-deliveries.js'
import { recordAttempts } from './record-attempts.js'
import { cancelDelivery } from './steer-delivery.js'
import { wakeForgottenTurns, wakeTurns } from './wake-turns.js'

const worker = () => ({ token: newId(), leaseSeconds: 20 })
const limited = (limits: { concurrency?: number; ratePerSecond?: number | null }) => ({
  destination: { limits: { concurrency: 10, ratePerSecond: null, ...limits } },
})

async function claimFrom(sql: Sql, destinationId: string, count = 100, holder = worker()) {
  const { claims, lanes } = await claimDeliveries(sql, [{ destinationId, count }], holder)
  return { ids: claims.map((claim) => claim.id), claims, state: lanes[0]?.state, againMs: lanes[0]?.againMs }
}

describe('claiming', () => {
  it('gives the oldest first, each to one worker only', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination, deliveryIds } = await seedLane(database, {
      count: 40,
      ...limited({ concurrency: 100 }),
    })
    const first = await claimFrom(database.sql, destination.id, 5)
    expect(first).toMatchObject({ ids: deliveryIds.slice(0, 5), state: 'more' })

    const workers = Array.from({ length: 10 }, worker)
    const taken = [...first.ids]
    while (taken.length < 40) {
      const answers = await Promise.all(workers.map((w) => claimFrom(database.sql, destination.id, 3, w)))
      taken.push(...answers.flatMap((answer) => answer.ids))
    }
    expect(taken.sort()).toEqual(deliveryIds.toSorted())
    expect(await claimFrom(database.sql, destination.id)).toMatchObject({ ids: [], state: 'drained' })
  })

  it('never exceeds the concurrency of a destination, however many workers ask at once', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination } = await seedLane(database, { count: 50, ...limited({ concurrency: 7 }) })
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => claimFrom(database.sql, destination.id, 3)),
    )
    const again = await claimFrom(database.sql, destination.id)
    expect([...answers, again].flatMap((answer) => answer.ids)).toHaveLength(7)
    expect((await claimFrom(database.sql, destination.id)).state).toBe('busy')
  })

  it('never exceeds the rate of a destination, and says when to ask again', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination } = await seedLane(database, {
      count: 50,
      ...limited({ concurrency: 1000, ratePerSecond: 1 }),
    })
    await database.sql`update destination_state set rate_at = now() - interval '1 hour'`
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => claimFrom(database.sql, destination.id)),
    )
    const last = await claimFrom(database.sql, destination.id)
    const again = await claimFrom(database.sql, destination.id)
    answers.push(last, again)
    const started = answers.flatMap((answer) => answer.ids).length
    expect(started).toBeGreaterThanOrEqual(1)
    const [{ ms }] = (await database.sql`
      select extract(epoch from clock_timestamp() - min(lease_until) + interval '20 seconds') * 1000 as ms from delivery
      where status = 'delivering'`) as unknown as [{ ms: number }]
    expect(started).toBeLessThanOrEqual(1 + Number(ms) / 1000 + 1)
    expect(answers.some(({ state, againMs }) => state === 'rate' && againMs! > 0 && againMs! <= 1000)).toBe(
      true,
    )
  })

  it('gives nothing of a paused webhook or a disabled destination', async () => {
    await using database = await createTestDatabase()
    const paused = await seedLane(database, { webhook: { status: 'paused' } })
    const disabled = await seedLane(database)
    await database.sql`update destination set enabled = false where id = ${disabled.destination.id}`
    expect(await claimFrom(database.sql, paused.destination.id)).toMatchObject({ ids: [], state: 'stopped' })
    expect(await claimFrom(database.sql, disabled.destination.id)).toMatchObject({
      ids: [],
      state: 'stopped',
    })
    expect(await claimFrom(database.sql, newId())).toMatchObject({ ids: [], state: 'gone' })
    expect(await dueLanes(database.sql)).toEqual([])
  })

  it('finds every lane with something due, among many that wait', async () => {
    await using database = await createTestDatabase()
    const lanes = [await seedLane(database), await seedLane(database)]
    const later = await seedLane(database)
    await database.sql`update delivery set next_attempt_at = now() + interval '1 hour'
      where destination_id = ${later.destination.id}`
    const due = await dueLanes(database.sql)
    expect(due.map((lane) => lane.destinationId).sort()).toEqual(
      lanes.map((lane) => lane.destination.id).sort(),
    )
    const owners = await database.sql<{ id: string; user_id: string }[]>`
      select d.id, w.user_id from destination d join webhook w on w.id = d.webhook_id`
    const ownerOf = new Map(owners.map((owner) => [owner.id, owner.user_id]))
    expect(due.map((lane) => lane.userId)).toEqual(due.map((lane) => ownerOf.get(lane.destinationId)))
  })
})

describe('pausing', () => {
  it('holds what waits and resumes in the order of arrival, before what came later', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook, destination, deliveryIds } = await seedLane(database, { count: 5 })
    await sql`update webhook set status = 'paused' where id = ${webhook.id}`
    expect(await holdDeliveries(sql, [destination.id])).toHaveLength(5)
    expect((await claimFrom(sql, destination.id)).state).toBe('stopped')
    await sql`update webhook set status = 'active' where id = ${webhook.id}`
    expect((await claimFrom(sql, destination.id, 2)).ids).toEqual(deliveryIds.slice(0, 2))
    expect(await releaseDeliveries(sql, [destination.id])).toHaveLength(3)
    expect((await claimFrom(sql, destination.id)).ids).toEqual(deliveryIds.slice(2))
  })

  it('leaves each its own time: what a receiver asked to wait for is waited for', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const lane = await seedLane(database, { count: 2 })
    const [first, second] = lane.deliveryIds
    const holder = worker()
    await claimFrom(sql, lane.destination.id, 1, holder)
    await recordAttempts(sql, holder.token, [
      deliveryResult(lane, {
        status: 'retrying',
        delayMs: 3_600_000,
        attempt: { outcome: 'http-error', statusCode: 429 },
      }),
    ])
    await sql`update webhook set status = 'paused'`
    expect(await holdDeliveries(sql, [lane.destination.id])).toHaveLength(2)
    expect(await lanesToRelease(sql, 'all')).toEqual([])
    await sql`update webhook set status = 'active'`
    expect(await lanesToRelease(sql, [newId()])).toEqual([])
    expect(await lanesToRelease(sql, [lane.webhook.id])).toEqual([lane.destination.id])
    expect(await releaseDeliveries(sql, await lanesToRelease(sql, 'all'))).toHaveLength(2)
    const released = await readDelivery(sql, first!)
    expect(released.status).toBe('retrying')
    expect(released.dueInMs).toBeGreaterThan(3_500_000)
    expect(await readDelivery(sql, second!)).toMatchObject({ status: 'pending' })
    expect(await lanesToRelease(sql, 'all')).toEqual([])
    expect((await claimFrom(sql, lane.destination.id)).ids).toEqual([second])
  })
})

describe('a destination that is gone', () => {
  it('has what waited for it cancelled, and nobody else', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const [gone, also, kept] = [
      await seedLane(database, { count: 3 }),
      await seedLane(database, { count: 2 }),
      await seedLane(database, { count: 2 }),
    ]
    const [flying] = (await claimFrom(sql, gone.destination.id, 1)).ids
    await sql`delete from destination where id in (${gone.destination.id}, ${also.destination.id})`
    expect(await cancelOrphanedDeliveries(sql, kept.destination.id)).toEqual([])
    const cancelled = await cancelOrphanedDeliveries(sql, gone.destination.id)
    expect(cancelled.map(({ id }) => id).toSorted()).toEqual(
      gone.deliveryIds.filter((id) => id !== flying).toSorted(),
    )
    expect(cancelled[0]).toMatchObject({ status: 'cancelled', reason: 'The destination was deleted' })
    expect((await cancelOrphanedDeliveries(sql)).map(({ id }) => id).toSorted()).toEqual(
      also.deliveryIds.toSorted(),
    )
    expect(await readDelivery(sql, kept.deliveryId)).toMatchObject({ status: 'pending' })
  })
})

describe('a lease', () => {
  it('fences a worker that wakes up late: its result changes nothing', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const lane = await seedLane(database)
    const late = worker()
    await claimFrom(sql, lane.destination.id, 1, late)
    await sql`update delivery set lease_until = now() - interval '1 second'`
    expect(await reclaimDeliveries(sql)).toMatchObject([{ status: 'retrying', attemptCount: 1 }])
    await claimFrom(sql, lane.destination.id, 1, late)

    const { moved } = await recordAttempts(sql, late.token, [deliveryResult(lane, { attempts: 0 })])
    expect(moved).toEqual([])
    expect(await readDelivery(sql, lane.deliveryId)).toMatchObject({ status: 'delivering', attempts: 1 })
    expect(await recordAttempts(sql, late.token, [deliveryResult(lane, { attempts: 1 })])).toMatchObject({
      moved: [{ status: 'delivered', attemptCount: 2 }],
    })
    const attempts = await sql`select number, outcome from attempt order by number`
    expect([...attempts]).toEqual([
      { number: 1, outcome: 'crashed' },
      { number: 2, outcome: 'delivered' },
    ])
  })

  it('is renewed only by its holder, and only when it nears its end', async () => {
    await using database = await createTestDatabase()
    const { destination, deliveryId } = await seedLane(database)
    const holder = worker()
    await claimFrom(database.sql, destination.id, 1, holder)
    expect(await renewLeases(database.sql, holder, [deliveryId])).toBe(0)
    await database.sql`update delivery set lease_until = now() + interval '5 seconds'`
    expect(await renewLeases(database.sql, worker(), [deliveryId])).toBe(0)
    expect(await renewLeases(database.sql, holder, [deliveryId])).toBe(1)
  })

  it('that ran out three times in a row makes the delivery dead, with the reason', async () => {
    await using database = await createTestDatabase()
    const { destination, deliveryId } = await seedLane(database)
    for (const status of ['retrying', 'retrying', 'dead']) {
      await claimFrom(database.sql, destination.id)
      await database.sql`update delivery set lease_until = now() - interval '1 second'`
      expect(await reclaimDeliveries(database.sql)).toMatchObject([{ status, lastOutcome: 'crashed' }])
    }
    expect(await readDelivery(database.sql, deliveryId)).toMatchObject({
      attempts: 3,
      reason: 'It stopped 3 workers in a row and is not tried again by itself',
    })
  })
})

describe('an ordering key', () => {
  it('lets one delivery of each value go at a time, in order, and stalls no other value', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const holder = worker()
    const lane = await seedLane(database, {
      bodies: ['a', 'a', 'b', 'a', 'b'].map((order, n) => JSON.stringify({ order, n })),
      destination: { orderingKey: 'body.order' },
    })
    const [a1, a2, b1, a3, b2] = lane.deliveryIds
    const turn = (orderingValue: string) => ({ destinationId: lane.destination.id, orderingValue })
    const finish = async (deliveryId: string) => {
      await recordAttempts(sql, holder.token, [deliveryResult({ ...lane, deliveryId })])
    }
    expect((await claimFrom(sql, lane.destination.id, 10, holder)).ids).toEqual([a1, b1])
    expect((await claimFrom(sql, lane.destination.id, 10, holder)).ids).toEqual([])
    await finish(a1!)
    expect(await wakeTurns(sql, [turn('a')])).toEqual([lane.destination.id])
    expect((await claimFrom(sql, lane.destination.id, 10, holder)).ids).toEqual([a2])
    await finish(b1!)
    await finish(a2!)
    expect((await wakeForgottenTurns(sql, undefined)).lanes).toEqual([lane.destination.id])
    expect((await claimFrom(sql, lane.destination.id, 10, holder)).ids.sort()).toEqual([b2, a3].sort())
  })

  it('keeps the next waiting while the first is being retried', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const holder = worker()
    const lane = await seedLane(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}'],
      destination: { orderingKey: 'body.id' },
    })
    await claimFrom(sql, lane.destination.id, 10, holder)
    await recordAttempts(sql, holder.token, [
      deliveryResult(lane, {
        status: 'retrying',
        delayMs: 60_000,
        attempt: { outcome: 'timeout', statusCode: null },
      }),
    ])
    expect((await wakeForgottenTurns(sql, undefined)).lanes).toEqual([])
    expect((await claimFrom(sql, lane.destination.id)).ids).toEqual([])
  })

  it('lets the next go when the first is cancelled by hand', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const lane = await seedLane(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}', '{"id":1,"n":3}'],
      destination: { orderingKey: 'body.id' },
    })
    const [first, second] = lane.deliveryIds
    await sql`update webhook set status = 'paused'`
    await holdDeliveries(sql, [lane.destination.id])
    await sql`update webhook set status = 'active'`
    const failing = worker()
    expect((await claimFrom(sql, lane.destination.id, 10, failing)).ids).toEqual([first])
    await recordAttempts(sql, failing.token, [
      deliveryResult(lane, {
        status: 'retrying',
        delayMs: 3_600_000,
        attempt: { outcome: 'timeout', statusCode: null },
      }),
    ])
    expect((await claimFrom(sql, lane.destination.id)).ids).toEqual([])
    await cancelDelivery(sql, { userId: lane.webhook.userId, deliveryId: first! })
    expect((await claimFrom(sql, lane.destination.id)).ids).toEqual([second])
  })

  it('finds a turn nobody woke behind any number of values that wait rightly, a thousand at a look', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const values = Array.from({ length: 1200 }, (_, n) => String(n).padStart(4, '0'))
    const bodies = values.flatMap((order) => [`{"order":"${order}","n":1}`, `{"order":"${order}","n":2}`])
    const lane = await seedLane(database, { bodies, destination: { orderingKey: 'body.order' } })
    // All the seconds are parked; the first of the last value is gone and its second was not woken.
    await sql`update delivery set next_attempt_at = null where id = any(${lane.deliveryIds.filter((_, n) => n % 2 === 1)})`
    await sql`update delivery set status = 'cancelled', next_attempt_at = null where id = ${lane.deliveryIds[2398]!}`
    const one = await wakeForgottenTurns(sql, undefined)
    expect(one).toEqual({
      lanes: [],
      next: expect.objectContaining({ destinationId: lane.destination.id, orderingValue: '0999' }),
    })
    expect(await wakeForgottenTurns(sql, one.next)).toEqual({ lanes: [lane.destination.id], next: undefined })
    expect(await readDelivery(sql, lane.deliveryIds[2399]!)).toMatchObject({ status: 'pending' })
    expect((await readDelivery(sql, lane.deliveryIds[2399]!)).dueInMs).toBeLessThanOrEqual(0)
  })

  it('that is taken away leaves nobody waiting for a turn', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const lane = await seedLane(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}', '{"id":2,"n":3}', '{"id":2,"n":4}'],
      destination: { orderingKey: 'body.id' },
    })
    const other = await seedLane(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}'],
      destination: { orderingKey: 'body.id' },
    })
    expect((await claimFrom(sql, lane.destination.id)).ids).toHaveLength(2)
    expect((await claimFrom(sql, other.destination.id)).ids).toHaveLength(1)
    await sql`update destination set ordering_key = null where id = ${lane.destination.id}`
    expect(await unparkDeliveries(sql, [other.webhook.id])).toHaveLength(0)
    expect(await unparkDeliveries(sql, 'all')).toHaveLength(2)
    expect((await claimFrom(sql, lane.destination.id)).ids).toHaveLength(2)
    expect((await claimFrom(sql, other.destination.id)).ids).toHaveLength(0)
  })

  it('passes over a burst of one value to what stands behind it', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const bodies = Array.from({ length: 700 }, (_, n) => `{"order":"${n < 699 ? 'a' : 'b'}"}`)
    const lane = await seedLane(database, { bodies, destination: { orderingKey: 'body.order' } })
    expect((await claimFrom(sql, lane.destination.id, 10)).ids).toEqual([
      lane.deliveryIds[0],
      lane.deliveryIds[699],
    ])
  })

  it('costs what is due, not what waits for its turn', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const bodies = Array.from({ length: 2000 }, (_, n) => `{"order":${n % 4}}`)
    const lane = await seedLane(database, { bodies, destination: { orderingKey: 'body.order' } })
    const holder = worker()
    const { ids } = await claimFrom(sql, lane.destination.id, 10, holder)
    expect(ids).toEqual(lane.deliveryIds.slice(0, 4))
    await recordAttempts(sql, holder.token, [deliveryResult(lane)])
    await wakeTurns(sql, [{ destinationId: lane.destination.id, orderingValue: '0' }])
    await sql`analyze delivery`
    const rowsRead = async (tx: Sql) =>
      (
        await tx<{ read: number }[]>`
          select sum(seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables
          where relname like 'delivery_2%' or relname = 'delivery_default'`
      )[0]!.read
    const read = await sql.begin(async (transaction) => {
      const tx = transaction as unknown as Sql
      const before = await rowsRead(tx)
      expect((await claimFrom(tx, lane.destination.id, 10, holder)).ids).toEqual([lane.deliveryIds[4]])
      return (await rowsRead(tx)) - before
    })
    expect(read).toBeLessThan(200)
  })
})
