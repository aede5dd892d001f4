import { newId } from '@whook/shared/server/ids'
import { describe, expect, it } from 'vitest'
import { claimFrom, worker } from '../testing/claim-from.js'
import { deliveryResult } from '../testing/delivery-result.js'
import { readDelivery, seedLane } from '../testing/seed-delivery.js'
import { createTestDatabase } from '../testing/test-database.js'
import { dueLanes, renewLeases } from './claim-deliveries.js'
import { reclaimDeliveries } from './reclaim-deliveries.js'
import { recordAttempts } from './record-attempts.js'

const limited = (limits: { concurrency?: number; ratePerSecond?: number | null }) => ({
  destination: { limits: { concurrency: 10, ratePerSecond: null, ...limits } },
})

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

describe('a lease', () => {
  it('fences a worker that wakes up late: its result changes nothing', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const lane = await seedLane(database)
    const late = worker()
    await claimFrom(sql, lane.destination.id, 1, late)
    await sql`update delivery set lease_until = now() - interval '1 second'`
    expect(await reclaimDeliveries(sql, worker())).toMatchObject([{ status: 'retrying', attemptCount: 1 }])
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
      expect(await reclaimDeliveries(database.sql, worker())).toMatchObject([{ status, lastOutcome: 'crashed' }])
    }
    expect(await readDelivery(database.sql, deliveryId)).toMatchObject({
      attempts: 3,
      reason: 'It stopped 3 workers in a row and is not tried again by itself',
    })
  })
})
