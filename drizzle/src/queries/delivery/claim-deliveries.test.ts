import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { claimFrom, worker } from '@whook/testing/claim-from'
import { deliveryResult } from '@whook/testing/delivery-result'
import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { dueQueues, renewLeases } from './claim-deliveries.js'
import {
  countCrashInAdvance,
  crashDelivery,
  reclaimDeliveries,
  releaseUnknown,
  revertCrashes,
} from './reclaim-deliveries.js'
import { recordAttempts } from './record-attempts.js'

const limited = (limits: { concurrency?: number; ratePerSecond?: number | null }) => ({
  destination: { limits: { concurrency: 10, ratePerSecond: null, ...limits } },
})

describe('claimDeliveries', () => {
  it('returns the oldest deliveries first, each to one worker only', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination, deliveryIds } = await seedQueue(database, {
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

  it('does not exceed the concurrency when many workers claim concurrently', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination } = await seedQueue(database, { count: 50, ...limited({ concurrency: 7 }) })
    const workers = Array.from({ length: 30 }, () => worker({ attemptsMax: 2 }))
    const claimed = new Map(workers.map(({ token }) => [token, 0]))
    for (let round = 0; round < 3; round++)
      await Promise.all(
        workers.map(async (w) => {
          const { ids } = await claimFrom(database.sql, destination.id, 3, w)
          claimed.set(w.token, claimed.get(w.token)! + ids.length)
        }),
      )
    const [state] = await database.sql<
      { owner: string }[]
    >`select owner_token as owner from destination_state`
    const ofOwner = claimed.get(state!.owner)!
    const ofOthers = [...claimed.values()].reduce((sum, count) => sum + count, 0) - ofOwner
    expect(ofOwner, 'the owner prefetches').toBeGreaterThanOrEqual(3)
    expect(Math.min(2, ofOwner) + ofOthers).toBe(7)
  })

  it('prefetches over the concurrency for the owner only', async () => {
    await using database = await createTestDatabase()
    const { destination } = await seedQueue(database, { count: 50, ...limited({ concurrency: 7 }) })
    const [owner, other] = [worker(), worker()]
    const first = await claimFrom(database.sql, destination.id, 20, owner)
    expect(first, 'no delivery is in flight').toMatchObject({ slots: 7, state: 'more' })
    expect(first.ids).toHaveLength(7)
    expect((await claimFrom(database.sql, destination.id, 20, owner)).ids).toHaveLength(20)
    expect(await claimFrom(database.sql, destination.id, 20, other)).toMatchObject({
      ids: [],
      state: 'busy',
      slots: 0,
    })
    await database.sql`update delivery set status = 'delivered', lease_token = null where lease_token = ${owner.token}`
    expect(await claimFrom(database.sql, destination.id, 20, other)).toMatchObject({ slots: 7 })
    expect(await claimFrom(database.sql, destination.id, 20, owner)).toMatchObject({ ids: [], slots: 0 })
  })

  it('counts claims of the previous release, and returns none beside an owner', async () => {
    await using database = await createTestDatabase()
    const { destination } = await seedQueue(database, { count: 50, ...limited({ concurrency: 7 }) })
    const claimAsBefore = (count: number) => database.sql<{ id: string | null }[]>`
      select id from claim_deliveries(${[destination.id]}::uuid[], ${[count]}::int[], ${newId()}::uuid, 20)
      where id is not null`
    expect(await claimAsBefore(4)).toHaveLength(4)
    const owner = worker()
    expect(await claimFrom(database.sql, destination.id, 20, owner)).toMatchObject({ slots: 3 })
    expect(await claimAsBefore(4)).toHaveLength(0)
  })

  it('does not exceed the rate, and returns the time of the next claim', async () => {
    await using database = await createTestDatabase({ poolSize: 10 })
    const { destination } = await seedQueue(database, {
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

  it('returns none when the webhook is paused or the destination disabled', async () => {
    await using database = await createTestDatabase()
    const paused = await seedQueue(database, { webhook: { status: 'paused' } })
    const disabled = await seedQueue(database)
    await database.sql`update destination set enabled = false where id = ${disabled.destination.id}`
    expect(await claimFrom(database.sql, paused.destination.id)).toMatchObject({ ids: [], state: 'stopped' })
    expect(await claimFrom(database.sql, disabled.destination.id)).toMatchObject({
      ids: [],
      state: 'stopped',
    })
    expect(await claimFrom(database.sql, newId())).toMatchObject({ ids: [], state: 'gone' })
    expect(await dueQueues(database.sql)).toEqual([])
  })

  it('returns each destination queue with due deliveries', async () => {
    await using database = await createTestDatabase()
    const queues = [await seedQueue(database), await seedQueue(database)]
    const later = await seedQueue(database)
    await database.sql`update delivery set next_attempt_at = now() + interval '1 hour'
      where destination_id = ${later.destination.id}`
    const due = await dueQueues(database.sql)
    expect(due.map((queue) => queue.destinationId).sort()).toEqual(
      queues.map((queue) => queue.destination.id).sort(),
    )
    const owners = await database.sql<{ id: string; user_id: string }[]>`
      select d.id, w.user_id from destination d join webhook w on w.id = d.webhook_id`
    const ownerOf = new Map(owners.map((owner) => [owner.id, owner.user_id]))
    expect(due.map((queue) => queue.userId)).toEqual(due.map((queue) => ownerOf.get(queue.destinationId)))
  })
})

describe('lease', () => {
  it('discards the result of a late worker after a reclaim', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database)
    const late = worker()
    await claimFrom(sql, queue.destination.id, 1, late)
    await sql`update delivery set lease_until = now() - interval '1 second'`
    expect(await reclaimDeliveries(sql, worker())).toMatchObject([{ status: 'retrying', attemptCount: 1 }])
    await claimFrom(sql, queue.destination.id, 1, late)

    const { moved } = await recordAttempts(sql, late.token, [deliveryResult(queue, { attempts: 0 })])
    expect(moved).toEqual([])
    expect(await readDelivery(sql, queue.deliveryId)).toMatchObject({ status: 'delivering', attempts: 1 })
    expect(await recordAttempts(sql, late.token, [deliveryResult(queue, { attempts: 1 })])).toMatchObject({
      moved: [{ status: 'delivered', attemptCount: 2 }],
    })
    const attempts = await sql`select number, outcome from attempt order by number`
    expect([...attempts]).toEqual([
      { number: 1, outcome: 'crashed' },
      { number: 2, outcome: 'delivered' },
    ])
  })

  it('renews a lease only for its holder and near its end', async () => {
    await using database = await createTestDatabase()
    const { destination, deliveryId } = await seedQueue(database)
    const holder = worker()
    await claimFrom(database.sql, destination.id, 1, holder)
    expect(await renewLeases(database.sql, holder, [deliveryId])).toBe(0)
    await database.sql`update delivery set lease_until = now() + interval '5 seconds'`
    expect(await renewLeases(database.sql, worker(), [deliveryId])).toBe(0)
    expect(await renewLeases(database.sql, holder, [deliveryId])).toBe(1)
  })

  it('makes the delivery dead with a reason when it expires three times in a row', async () => {
    await using database = await createTestDatabase()
    const { destination, deliveryId } = await seedQueue(database)
    for (const status of ['retrying', 'retrying', 'dead']) {
      const holder = worker()
      await claimFrom(database.sql, destination.id, 1, holder)
      if (status === 'dead') expect(await countCrashInAdvance(database.sql, holder, deliveryId)).toBe(true)
      await database.sql`update delivery set lease_until = now() - interval '1 second'`
      expect(await reclaimDeliveries(database.sql, worker())).toMatchObject([
        { status, lastOutcome: 'crashed' },
      ])
    }
    expect(await readDelivery(database.sql, deliveryId)).toMatchObject({
      attempts: 3,
      crashes: 3,
      reason:
        'The worker stopped during this delivery 3 times in a row, the last time while it was sent alone. The delivery is not retried automatically',
    })
  })

  it('keeps the delivery alive when it was never sent alone', async () => {
    await using database = await createTestDatabase()
    const { destination, deliveryId } = await seedQueue(database)
    for (let lost = 1; lost <= 5; lost++) {
      await claimFrom(database.sql, destination.id, 1)
      await database.sql`update delivery set lease_until = now() - interval '1 second'`
      expect(await reclaimDeliveries(database.sql, worker())).toMatchObject([{ status: 'retrying' }])
    }
    expect(await readDelivery(database.sql, deliveryId)).toMatchObject({ attempts: 5, crashes: 2 })
  })

  it('releases unknown claims of the same worker without an attempt', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { destination, deliveryIds } = await seedQueue(database, { count: 2 })
    const holder = worker()
    await claimFrom(sql, destination.id, 2, holder)
    expect(await releaseUnknown(sql, holder, []), 'its lease has not ended').toEqual([])
    await sql`update delivery set lease_until = now() - interval '1 second'`
    expect(await reclaimDeliveries(sql, holder)).toEqual([])
    expect(await releaseUnknown(sql, holder, [deliveryIds[0]!])).toEqual([destination.id])
    expect(await readDelivery(sql, deliveryIds[0]!)).toMatchObject({ status: 'delivering' })
    expect(await readDelivery(sql, deliveryIds[1]!)).toMatchObject({
      status: 'pending',
      attempts: 0,
      crashes: 0,
    })
  })

  it('resets a crash counted in advance after a result or a shutdown', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database)
    const holder = worker()
    await sql`update delivery set crashes = 2`
    await claimFrom(sql, queue.destination.id, 1, holder)
    await countCrashInAdvance(sql, holder, queue.deliveryId)
    expect(await readDelivery(sql, queue.deliveryId)).toMatchObject({ crashes: 3 })
    await revertCrashes(sql, holder)
    expect(await readDelivery(sql, queue.deliveryId)).toMatchObject({ crashes: 2 })
    await countCrashInAdvance(sql, holder, queue.deliveryId)
    await recordAttempts(sql, holder.token, [deliveryResult(queue)])
    expect(await readDelivery(sql, queue.deliveryId)).toMatchObject({ status: 'delivered', crashes: 0 })
    expect(await countCrashInAdvance(sql, holder, queue.deliveryId), 'the lease is lost').toBe(false)
  })

  it('makes the delivery dead after three internal worker errors', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { destination, deliveryId } = await seedQueue(database)
    const holder = worker()
    for (const status of ['retrying', 'retrying', 'dead']) {
      await claimFrom(sql, destination.id, 1, holder)
      expect(await crashDelivery(sql, holder, deliveryId)).toMatchObject([{ status }])
    }
    expect((await readDelivery(sql, deliveryId)).reason).toMatch(/^Internal worker error, 3 times in a row/)
  })
})
