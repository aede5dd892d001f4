import { describe, expect, it } from 'vitest'
import type { Sql } from '../../client.js'
import { claimFrom, worker } from '@whook/testing/claim-from'
import { deliveryResult } from '@whook/testing/delivery-result'
import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { holdDeliveries, unparkDeliveries } from './hold-deliveries.js'
import { recordAttempts } from './record-attempts.js'
import { cancelDelivery } from './steer-delivery.js'
import { wakeMissedSlots, wakeOrderingSlots } from './wake-turns.js'

describe('ordering key', () => {
  it('sends one delivery per value at a time, in order', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const holder = worker()
    const queue = await seedQueue(database, {
      bodies: ['a', 'a', 'b', 'a', 'b'].map((order, n) => JSON.stringify({ order, n })),
      destination: { orderingKey: 'body.order' },
    })
    const [a1, a2, b1, a3, b2] = queue.deliveryIds
    const slot = (orderingValue: string) => ({ destinationId: queue.destination.id, orderingValue })
    const finish = async (deliveryId: string) => {
      await recordAttempts(sql, holder.token, [deliveryResult({ ...queue, deliveryId })])
    }
    expect((await claimFrom(sql, queue.destination.id, 10, holder)).ids).toEqual([a1, b1])
    expect((await claimFrom(sql, queue.destination.id, 10, holder)).ids).toEqual([])
    await finish(a1!)
    expect(await wakeOrderingSlots(sql, [slot('a')])).toEqual([queue.destination.id])
    expect((await claimFrom(sql, queue.destination.id, 10, holder)).ids).toEqual([a2])
    await finish(b1!)
    await finish(a2!)
    expect((await wakeMissedSlots(sql, undefined)).destinationIds).toEqual([queue.destination.id])
    expect((await claimFrom(sql, queue.destination.id, 10, holder)).ids.sort()).toEqual([b2, a3].sort())
  })

  it('keeps the next delivery waiting while the first is retried', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const holder = worker()
    const queue = await seedQueue(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}'],
      destination: { orderingKey: 'body.id' },
    })
    await claimFrom(sql, queue.destination.id, 10, holder)
    await recordAttempts(sql, holder.token, [
      deliveryResult(queue, {
        status: 'retrying',
        delayMs: 60_000,
        attempt: { outcome: 'timeout', statusCode: null },
      }),
    ])
    expect((await wakeMissedSlots(sql, undefined)).destinationIds).toEqual([])
    expect((await claimFrom(sql, queue.destination.id)).ids).toEqual([])
  })

  it('makes the next delivery due when the first is cancelled manually', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}', '{"id":1,"n":3}'],
      destination: { orderingKey: 'body.id' },
    })
    const [first, second] = queue.deliveryIds
    await sql`update webhook set status = 'paused'`
    await holdDeliveries(sql, [queue.destination.id])
    await sql`update webhook set status = 'active'`
    const failing = worker()
    expect((await claimFrom(sql, queue.destination.id, 10, failing)).ids).toEqual([first])
    await recordAttempts(sql, failing.token, [
      deliveryResult(queue, {
        status: 'retrying',
        delayMs: 3_600_000,
        attempt: { outcome: 'timeout', statusCode: null },
      }),
    ])
    expect((await claimFrom(sql, queue.destination.id)).ids).toEqual([])
    await cancelDelivery(sql, { userId: queue.webhook.userId, deliveryId: first! })
    expect((await claimFrom(sql, queue.destination.id)).ids).toEqual([second])
  })

  it('finds a missed ordering slot behind 1000 values in a second scan', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const values = Array.from({ length: 1200 }, (_, n) => String(n).padStart(4, '0'))
    const bodies = values.flatMap((order) => [`{"order":"${order}","n":1}`, `{"order":"${order}","n":2}`])
    const queue = await seedQueue(database, { bodies, destination: { orderingKey: 'body.order' } })
    // Every second delivery waits. For the last value the first delivery is cancelled and the second was not woken.
    await sql`update delivery set next_attempt_at = null where id = any(${queue.deliveryIds.filter((_, n) => n % 2 === 1)})`
    await sql`update delivery set status = 'cancelled', next_attempt_at = null where id = ${queue.deliveryIds[2398]!}`
    const one = await wakeMissedSlots(sql, undefined)
    expect(one).toEqual({
      destinationIds: [],
      next: expect.objectContaining({ destinationId: queue.destination.id, orderingValue: '0999' }),
    })
    expect(await wakeMissedSlots(sql, one.next)).toEqual({
      destinationIds: [queue.destination.id],
      next: undefined,
    })
    expect(await readDelivery(sql, queue.deliveryIds[2399]!)).toMatchObject({ status: 'pending' })
    expect((await readDelivery(sql, queue.deliveryIds[2399]!)).dueInMs).toBeLessThanOrEqual(0)
  })

  it('leaves no delivery waiting when the key is removed', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}', '{"id":2,"n":3}', '{"id":2,"n":4}'],
      destination: { orderingKey: 'body.id' },
    })
    const other = await seedQueue(database, {
      bodies: ['{"id":1,"n":1}', '{"id":1,"n":2}'],
      destination: { orderingKey: 'body.id' },
    })
    const holder = worker()
    expect((await claimFrom(sql, queue.destination.id, 100, holder)).ids).toHaveLength(2)
    expect((await claimFrom(sql, other.destination.id)).ids).toHaveLength(1)
    await sql`update destination set ordering_key = null where id = ${queue.destination.id}`
    expect(await unparkDeliveries(sql, [other.webhook.id])).toHaveLength(0)
    expect(await unparkDeliveries(sql, 'all')).toHaveLength(2)
    expect((await claimFrom(sql, queue.destination.id, 100, holder)).ids).toHaveLength(2)
    expect((await claimFrom(sql, other.destination.id)).ids).toHaveLength(0)
  })

  it('skips a burst of one value to the deliveries behind it', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const bodies = Array.from({ length: 700 }, (_, n) => `{"order":"${n < 699 ? 'a' : 'b'}"}`)
    const queue = await seedQueue(database, { bodies, destination: { orderingKey: 'body.order' } })
    expect((await claimFrom(sql, queue.destination.id, 10)).ids).toEqual([
      queue.deliveryIds[0],
      queue.deliveryIds[699],
    ])
  })

  it('reads due rows only, not the rows that wait for an ordering slot', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const bodies = Array.from({ length: 2000 }, (_, n) => `{"order":${n % 4}}`)
    const queue = await seedQueue(database, { bodies, destination: { orderingKey: 'body.order' } })
    const holder = worker()
    const { ids } = await claimFrom(sql, queue.destination.id, 10, holder)
    expect(ids).toEqual(queue.deliveryIds.slice(0, 4))
    await recordAttempts(sql, holder.token, [deliveryResult(queue)])
    await wakeOrderingSlots(sql, [{ destinationId: queue.destination.id, orderingValue: '0' }])
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
      expect((await claimFrom(tx, queue.destination.id, 10, holder)).ids).toEqual([queue.deliveryIds[4]])
      return (await rowsRead(tx)) - before
    })
    expect(read).toBeLessThan(200)
  })
})
