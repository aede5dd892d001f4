import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { countReplay } from '../replay/bulk-replay.js'
import { replayRequest } from '../replay/replay-request.js'
import { deliveryResult } from '@whook/testing/delivery-result'
import { forceStatus, seedQueue } from '@whook/testing/seed-delivery'
import { createTestDatabase } from '@whook/testing/test-database'
import { recordAttempts } from './record-attempts.js'

const token = newId()

/** A destination queue whose first two deliveries are dead, and a replay of the first request in flight. */
async function withReplay(database: Awaited<ReturnType<typeof createTestDatabase>>) {
  const { sql } = database
  const queue = await seedQueue(database, { count: 3 })
  const [first, second] = queue.deliveryIds as [string, string]
  for (const id of [first, second]) await forceStatus(sql, id, 'dead', token)
  const { userId } = queue.webhook
  const [replay] = await replayRequest(sql, { userId, requestId: queue.requests[0]!.id })
  await forceStatus(sql, replay!.id, 'delivering', token)
  const statuses = async () =>
    Object.fromEntries(
      (
        await sql<{ status: string; count: number }[]>`
          select status, count::int as count from delivery_total where count > 0`
      ).map(({ status, count }) => [status, count]),
    )
  return { ...queue, sql, userId, first, second, replayed: { ...queue, deliveryId: replay!.id }, statuses }
}

describe('dead delivery of a replayed request', () => {
  it('becomes recovered when the replay is recorded as delivered', async () => {
    await using database = await createTestDatabase()
    const { sql, userId, first, replayed, statuses } = await withReplay(database)
    const { moved, recovered } = await recordAttempts(sql, token, [deliveryResult(replayed)])
    expect(moved).toMatchObject([{ id: replayed.deliveryId, status: 'delivered' }])
    expect(recovered).toMatchObject([{ id: first, status: 'recovered', userId }])
    const [row] = await sql`select status, recovered_by from delivery where id = ${first}`
    expect(row).toEqual({ status: 'recovered', recovered_by: replayed.deliveryId })
    expect(await statuses()).toEqual({ delivered: 1, recovered: 1, dead: 1, pending: 1 })
  })

  it('does not match a later replay of dead deliveries when recovered', async () => {
    await using database = await createTestDatabase()
    const { sql, userId, replayed } = await withReplay(database)
    const count = () => countReplay(sql, { userId, selection: { deliveryFilter: { status: 'dead' } } })
    expect(await count()).toMatchObject({ total: 2 })
    await recordAttempts(sql, token, [deliveryResult(replayed)])
    expect(await count()).toMatchObject({ total: 1 })
  })

  it('stays dead when the replay fails or its lease is lost', async () => {
    await using database = await createTestDatabase()
    const { sql, replayed, statuses } = await withReplay(database)
    await recordAttempts(sql, newId(), [deliveryResult(replayed)])
    await recordAttempts(sql, token, [deliveryResult(replayed, { status: 'dead', health: 'down' })])
    expect(await statuses()).toEqual({ dead: 3, pending: 1 })
  })

  it('stays dead when the replay had another destination', async () => {
    await using database = await createTestDatabase()
    const { sql, first, second, replayed } = await withReplay(database)
    await sql`update delivery set destination_id = ${newId()}::uuid where id = ${first}`
    expect((await recordAttempts(sql, token, [deliveryResult(replayed)])).recovered).toEqual([])
    const rows = await sql`select status from delivery where id = any(${[first, second]})`
    expect(rows.map(({ status }) => status as string)).toEqual(['dead', 'dead'])
  })
})
