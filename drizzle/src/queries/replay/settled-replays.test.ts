import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { recordAttempts } from '../delivery/record-attempts.js'
import { deliveryResult } from '@whook/testing/delivery-result'
import { forceStatus, seedQueue } from '@whook/testing/seed-delivery'
import { seedDestination } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { countReplay, createReplay, readReplay } from './bulk-replay.js'
import { stepReplay } from './step-replay.js'

const token = newId()

describe('bulk replay', () => {
  it('settles when its last delivery has ended', async () => {
    await using database = await createTestDatabase()
    const { sql } = database
    const queue = await seedQueue(database, { count: 2 })
    const { userId, id: webhookId } = queue.webhook
    const id = await createReplay(database, { userId, selection: { webhookId } })
    expect(await readReplay(sql, id, userId)).toMatchObject({ total: 2, deliveries: 0, settledAt: null })
    await stepReplay(sql)
    const made = { status: 'finished', done: 2, deliveries: 2 }
    expect(await readReplay(sql, id, userId)).toMatchObject({ ...made, waiting: 2, settledAt: null })

    const rows = await sql<{ id: string }[]>`select id from delivery where replay_id = ${id} order by id`
    for (const [index, { id: deliveryId }] of rows.entries()) {
      await forceStatus(sql, deliveryId, 'delivering', token)
      const result = deliveryResult({ ...queue, deliveryId }, { status: index === 0 ? 'dead' : 'delivered' })
      await recordAttempts(sql, token, [result])
    }
    const settled = await readReplay(sql, id, userId)
    expect(settled).toMatchObject({ ...made, waiting: 0, delivered: 1, failed: 1, filtered: 0 })
    expect(Date.parse(settled!.settledAt!)).toBeGreaterThanOrEqual(Date.parse(settled!.finishedAt!))
  })

  it('counts its deliveries, and those with a filter, before it starts', async () => {
    await using database = await createTestDatabase()
    const { sql, db } = database
    const { webhook } = await seedQueue(database, { count: 3 })
    await seedDestination(db, webhook.id, { filter: { field: 'method', equals: 'PUT' } })
    const order = { userId: webhook.userId, selection: { webhookId: webhook.id } }
    expect(await countReplay(sql, order)).toEqual({ total: 3, deliveries: 6, withFilter: 3 })
  })
})
