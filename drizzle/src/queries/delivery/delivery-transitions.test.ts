import { deliveryStatuses, type DeliveryStatus } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import type { Sql } from '../../client.js'
import { forceStatus, readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { claimDeliveries, unclaimDeliveries } from './claim-deliveries.js'
import { isFinal, transitions, type DeliveryEvent } from './delivery-transitions.js'
import { releaseVerificationHeld } from './hold-for-verification.js'
import { holdDeliveries, releaseDeliveries } from './hold-deliveries.js'
import { expireDeliveries, reclaimDeliveries } from './reclaim-deliveries.js'
import { toLiveDelivery } from './live-columns.js'
import { recordAttempts } from './record-attempts.js'
import { endWaiting } from '../../maintenance/retention.js'
import { replayRequest } from '../replay/replay-request.js'
import { deliveryResult } from '@whook/testing/delivery-result'
import { cancelDelivery, deliverAnyway, retryDelivery } from './steer-delivery.js'

type Queue = Awaited<ReturnType<typeof seedQueue>>
const token = newId()

/** Triggers one event for the delivery, through the code of the product. */
const happen: Record<DeliveryEvent, (sql: Sql, queue: Queue) => Promise<unknown>> = {
  claim: (sql, { destination }) =>
    claimDeliveries(sql, [{ destinationId: destination.id, count: 5 }], {
      token,
      leaseSeconds: 20,
      attemptsMax: 50,
    }),
  unclaim: (sql, { deliveryId }) => unclaimDeliveries(sql, { token, leaseSeconds: 20 }, [deliveryId]),
  record: (sql, queue) => recordAttempts(sql, token, [deliveryResult(queue)]),
  async reclaim(sql, { deliveryId }) {
    await sql`update delivery set lease_until = now() - interval '1 second'
      where id = ${deliveryId}::uuid and status = 'delivering'`
    await reclaimDeliveries(sql, { token: newId() })
  },
  async expire(sql, { deliveryId, destination }) {
    await sql`update delivery set created_at = now() - interval '1 year' where id = ${deliveryId}::uuid`
    await sql`update destination set retry = retry || '{"maxAgeSeconds": -60}' where id = ${destination.id}::uuid`
    await sql`
      insert into destination_state (destination_id, circuit, circuit_open_until)
      values (${destination.id}::uuid, 'open', now() + interval '1 hour')
      on conflict (destination_id) do update set circuit = 'open', circuit_open_until = excluded.circuit_open_until`
    await expireDeliveries(sql)
  },
  // A negative retention, so that the delivery of today ends.
  endWithRequest: (sql, { webhook }) =>
    endWaiting(sql, { days: -1, webhookId: webhook.id, onEnded: () => {} }),
  async hold(sql, { webhook, destination }) {
    await sql`update webhook set status = 'paused' where id = ${webhook.id}::uuid`
    await holdDeliveries(sql, [destination.id])
  },
  release: (sql, { destination }) => releaseDeliveries(sql, [destination.id]),
  async releaseVerificationHeld(sql, { webhook, deliveryId }) {
    await sql`update delivery set held_for = 'verification-failed' where id = ${deliveryId}::uuid and status = 'held'`
    await releaseVerificationHeld(sql, { webhookId: webhook.id })
  },
  cancel: (sql, { webhook, deliveryId }) => cancelDelivery(sql, { userId: webhook.userId, deliveryId }),
  retry: (sql, { webhook, deliveryId }) => retryDelivery(sql, { userId: webhook.userId, deliveryId }),
  async recover(sql, { webhook, destination, requests }) {
    const [replayed] = await replayRequest(sql, { userId: webhook.userId, requestId: requests[0]!.id })
    await forceStatus(sql, replayed!.id, 'delivering', token)
    await recordAttempts(sql, token, [deliveryResult({ deliveryId: replayed!.id, destination })])
  },
  deliverAnyway: (sql, { webhook, deliveryId }) => deliverAnyway(sql, { userId: webhook.userId, deliveryId }),
}

describe('delivery transitions', () => {
  it('changes each state by each event exactly as in the table', async () => {
    await using database = await createTestDatabase()
    for (const event of Object.keys(transitions) as DeliveryEvent[]) {
      const { from, to } = transitions[event] as { from: readonly string[]; to: readonly string[] }
      for (const status of deliveryStatuses) {
        const queue = await seedQueue(database)
        await forceStatus(database.sql, queue.deliveryId, status, token)
        await happen[event](database.sql, queue)
        const after = await readDelivery(database.sql, queue.deliveryId)
        if (from.includes(status)) expect(to, `${event} from ${status}`).toContain(after.status)
        else expect(after.status, `${event} leaves ${status} alone`).toBe(status)
      }
    }
  })

  it('never leaves delivered', () => {
    const leaving = Object.values(transitions).flatMap(({ from }) => from as readonly DeliveryStatus[])
    expect(leaving).not.toContain('delivered')
    expect(deliveryStatuses.filter(isFinal)).toEqual([
      'delivered',
      'dead',
      'recovered',
      'filtered',
      'cancelled',
    ])
  })

  it('returns the creation time in the format of the API', async () => {
    await using database = await createTestDatabase()
    const { webhook, deliveryId } = await seedQueue(database)
    const change = await cancelDelivery(database.sql, { userId: webhook.userId, deliveryId })
    const [row] = await database.sql<{ created_at: Date }[]>`
      select created_at from delivery where id = ${deliveryId}`
    expect(toLiveDelivery(change!)).toMatchObject({ createdAt: row!.created_at.toISOString() })
  })

  it('returns undefined for the delivery of another user', async () => {
    await using database = await createTestDatabase()
    const queue = await seedQueue(database)
    const otherUser = { userId: newId(), deliveryId: queue.deliveryId }
    expect(await cancelDelivery(database.sql, otherUser)).toBeUndefined()
    await forceStatus(database.sql, queue.deliveryId, 'dead', token)
    expect(await retryDelivery(database.sql, otherUser)).toBeUndefined()
    await forceStatus(database.sql, queue.deliveryId, 'filtered', token)
    expect(await deliverAnyway(database.sql, otherUser)).toBeUndefined()
  })
})
