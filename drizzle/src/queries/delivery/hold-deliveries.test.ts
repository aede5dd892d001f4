import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { claimFrom, worker } from '@whook/testing/claim-from'
import { deliveryResult } from '@whook/testing/delivery-result'
import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import {
  cancelOrphanedDeliveries,
  disableGoneDestination,
  holdDeliveries,
  lanesToRelease,
  releaseDeliveries,
} from './hold-deliveries.js'
import { recordAttempts } from './record-attempts.js'

describe('holdDeliveries and releaseDeliveries', () => {
  it('keeps the order of arrival over a pause', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const { webhook, destination, deliveryIds } = await seedQueue(database, { count: 5 })
    await sql`update webhook set status = 'paused' where id = ${webhook.id}`
    expect(await holdDeliveries(sql, [destination.id])).toHaveLength(5)
    expect((await claimFrom(sql, destination.id)).state).toBe('stopped')
    await sql`update webhook set status = 'active' where id = ${webhook.id}`
    const holder = worker()
    expect((await claimFrom(sql, destination.id, 2, holder)).ids).toEqual(deliveryIds.slice(0, 2))
    expect(await releaseDeliveries(sql, [destination.id])).toHaveLength(3)
    expect((await claimFrom(sql, destination.id, 100, holder)).ids).toEqual(deliveryIds.slice(2))
  })

  it('keeps the time of the next attempt over a pause', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 2 })
    const [first, second] = queue.deliveryIds
    const holder = worker()
    await claimFrom(sql, queue.destination.id, 1, holder)
    await recordAttempts(sql, holder.token, [
      deliveryResult(queue, {
        status: 'retrying',
        delayMs: 3_600_000,
        attempt: { outcome: 'http-error', statusCode: 429 },
      }),
    ])
    await sql`update webhook set status = 'paused'`
    expect(await holdDeliveries(sql, [queue.destination.id])).toHaveLength(2)
    expect(await lanesToRelease(sql, 'all')).toEqual([])
    await sql`update webhook set status = 'active'`
    expect(await lanesToRelease(sql, [newId()])).toEqual([])
    expect(await lanesToRelease(sql, [queue.webhook.id])).toEqual([queue.destination.id])
    expect(await releaseDeliveries(sql, await lanesToRelease(sql, 'all'))).toHaveLength(2)
    const released = await readDelivery(sql, first!)
    expect(released.status).toBe('retrying')
    expect(released.dueInMs).toBeGreaterThan(3_500_000)
    expect(await readDelivery(sql, second!)).toMatchObject({ status: 'pending' })
    expect(await lanesToRelease(sql, 'all')).toEqual([])
    expect((await claimFrom(sql, queue.destination.id)).ids).toEqual([second])
  })
})

describe('cancelOrphanedDeliveries', () => {
  it('cancels waiting deliveries of a deleted destination only', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const [gone, also, kept] = [
      await seedQueue(database, { count: 3 }),
      await seedQueue(database, { count: 2 }),
      await seedQueue(database, { count: 2 }),
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

it('disables a destination once after 410, and not when its URL has changed', async () => {
  await using database = await createTestDatabase()
  const { sql } = database
  const { destination } = await seedQueue(database)
  const enabled = async () => (await sql`select enabled from destination`)[0]!['enabled'] as boolean
  expect(await disableGoneDestination(sql, destination.id, 'https://old.example/')).toBe(false)
  expect(await enabled()).toBe(true)
  expect(await disableGoneDestination(sql, destination.id, destination.url)).toBe(true)
  expect(await enabled()).toBe(false)
  expect(await disableGoneDestination(sql, destination.id, destination.url)).toBe(false)
})
