import { seedDestination, seedUser, seedWebhook } from '@whook/testing/seed-webhook'
import { createTestDatabase } from '@whook/testing/test-database'
import { deliveryStatuses, type DeliveryFilter, type DeliveryStatus } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import { describe, expect, it } from 'vitest'
import { deliveryConditions } from './delivery-conditions.js'
import { newestDeliveries } from './newest-deliveries.js'

const webhooks = 20
const limit = 11

/** A user with many webhooks, each with one destination. A few deliveries failed; every seventh is a late replay. */
async function withDeliveries(count: number) {
  const database = await createTestDatabase()
  const { sql, db } = database
  const userId = await seedUser(db)
  const lanes: { webhookId: string; destinationId: string }[] = []
  for (let n = 0; n < webhooks; n++) {
    const { id: webhookId } = await seedWebhook(db, { userId })
    lanes.push({ webhookId, destinationId: (await seedDestination(db, webhookId)).id })
  }
  const rare: DeliveryStatus[] = deliveryStatuses.filter((status) => status !== 'delivered')
  await sql`
    insert into delivery (id, request_id, webhook_id, destination_id, status, last_status_code, created_at)
    select delivery_id(request_id, destination_id, ''), request_id, webhook_id, destination_id, status,
      case status when 'delivered' then 200 when 'dead' then 500 end,
      now() + i * interval '1 millisecond' + case when i % 7 = 0 then interval '1 hour' else interval '0' end
    from (
      select i, (substr(${newId()}::text, 1, 24) || lpad(to_hex(i), 12, '0'))::uuid as request_id,
        (${lanes.map(({ webhookId }) => webhookId)}::uuid[])[1 + i % ${webhooks}::int] as webhook_id,
        (${lanes.map(({ destinationId }) => destinationId)}::uuid[])[1 + i % ${webhooks}::int] as destination_id,
        case when i % 1000 < ${rare.length}::int then (${rare}::text[])[1 + i % 1000] else 'delivered' end as status
      from generate_series(1, ${count}::int) as i) as planned`
  await sql`vacuum analyze delivery`
  const all = sql`true`
  const newest = (filter: DeliveryFilter, position = all) =>
    newestDeliveries(sql, { userId, filter, position, limit })
  const planOf = (filter: DeliveryFilter, mode: string) =>
    sql.begin(async (tx) => {
      await tx.unsafe(`set local plan_cache_mode = ${mode}`)
      const [found] = await tx<{ 'QUERY PLAN': [{ Plan: Node }] }[]>`
        explain (analyze, format json) ${newest(filter)}`
      return found!['QUERY PLAN'][0].Plan
    })
  return { ...database, userId, lanes, newest, planOf }
}

interface Node {
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}

/** Returns how many deliveries a plan read. */
const looked = (node: Node): number =>
  (node['Relation Name']?.startsWith('delivery')
    ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    : 0) + (node.Plans ?? []).reduce((sum, child) => sum + looked(child), 0)

const usual: DeliveryFilter[] = [{}, { status: 'delivered' }, { status: 'dead' }, { status: 'pending' }]

describe('newestDeliveries', () => {
  it('reads about as many rows as the page has, for every filter', async () => {
    await using test = await withDeliveries(30_000)
    const { destinationId } = test.lanes[3]!
    for (const filter of [
      ...usual,
      { status: 'retrying,dead' },
      { status: 'filtered' },
      { status: 'cancelled' },
      { statusCode: 200 },
      { statusCode: 500 },
      { statusCode: 418 },
      { destinationId },
    ]) {
      for (const mode of ['force_custom_plan', 'force_generic_plan']) {
        const plan = await test.planOf(filter, mode)
        expect(looked(plan), `${JSON.stringify(filter)}, ${mode}`).toBeLessThan(2 * webhooks * limit)
      }
    }
  })

  it('does not read other webhooks for a status that only one webhook has', async () => {
    await using test = await withDeliveries(30_000)
    const { webhookId } = test.lanes[0]!
    for (const status of deliveryStatuses.filter((one) => one !== 'delivered')) {
      const waiting = await test.sql`update delivery set status = ${status} where webhook_id = ${webhookId}`
      await test.sql`vacuum analyze delivery`
      const plan = await test.planOf({ status }, 'auto')
      expect(looked(plan), status).toBeLessThan(2 * waiting.count)
    }
  })

  it('returns the same pages as a sort of all deliveries', async () => {
    await using test = await withDeliveries(2000)
    const { sql, userId } = test
    const { webhookId, destinationId } = test.lanes[3]!
    const gone = test.lanes[4]!.destinationId
    await sql`update delivery set status = 'cancelled' where destination_id = ${gone} and status <> 'delivered'`
    await sql`delete from destination where id = ${gone}`
    for (const filter of [
      ...usual,
      { status: 'retrying, dead,retrying' },
      { statusCode: 500 },
      { webhookId },
      { destinationId },
      { destinationId: gone },
      { webhookId, destinationId: test.lanes[5]!.destinationId },
    ] satisfies DeliveryFilter[]) {
      const inOrder = await sql<{ id: string; created_at: Date }[]>`
        select d.id, d.created_at from delivery d
        where d.webhook_id in (select id from webhook where user_id = ${userId}) and ${deliveryConditions(sql, filter)}
        order by d.created_at desc, d.id desc limit ${2 * limit}`
      const first = await sql<{ id: string; created_at: Date }[]>`${test.newest(filter)}`
      const last = first.at(-1)
      const next = last
        ? await sql<{ id: string }[]>`
            ${test.newest(filter, sql`(d.created_at, d.id) < (${last.created_at}, ${last.id}::uuid)`)}`
        : []
      expect(
        [...first, ...next].map(({ id }) => id),
        JSON.stringify(filter),
      ).toEqual(inOrder.map(({ id }) => id))
    }
  })
})
