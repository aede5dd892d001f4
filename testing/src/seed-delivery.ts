import type { DeliveryStatus } from '@whook/shared'
import { newId } from '@whook/runtime/ids'
import type { Db, Sql } from '@whook/drizzle/client'
import type { delivery, destination, webhook } from '@whook/drizzle/schema/index'
import { storeBatch } from '@whook/drizzle/queries/request/store-batch'
import { capturedRequest, seedDestination, seedWebhook } from './seed-webhook.js'

type DeliveryRow = typeof delivery.$inferSelect

/** Seeds a webhook with one destination and `count` stored requests. Creates the deliveries like the worker does. */
export async function seedQueue(
  { sql, db }: { sql: Sql; db: Db },
  {
    count = 1,
    bodies,
    ...overrides
  }: {
    count?: number
    bodies?: string[]
    webhook?: Partial<typeof webhook.$inferInsert>
    destination?: Partial<typeof destination.$inferInsert>
  } = {},
) {
  const webhook = await seedWebhook(db, overrides.webhook)
  const destination = await seedDestination(db, webhook.id, overrides.destination)
  const texts = bodies ?? Array.from({ length: count }, (_, n) => `{"n":${n}}`)
  const requests = texts.map((text) => capturedRequest(webhook.id, { text }))
  const made = await storeBatch(sql, { instanceId: newId(), number: 1, refused: [], requests })
  const idOf = new Map(made!.map((delivery) => [delivery.requestId, delivery.id]))
  const deliveryIds = requests.map((request) => idOf.get(request.id)!)
  return { webhook, destination, requests, deliveryIds, deliveryId: deliveryIds[0]! }
}

/** Sets the status of a delivery with matching columns; `filtered` means filtered by the filter. */
export const forceStatus = (sql: Sql, deliveryId: string, status: DeliveryStatus, token: string) => sql`
  update delivery set status = ${status},
    lease_token = ${status === 'delivering' ? token : null}::uuid,
    lease_until = case when ${status}::text = 'delivering' then now() + interval '1 minute' end,
    next_attempt_at = case when ${status}::text in ('pending', 'retrying', 'held') then now() end,
    filter_failure = case when ${status}::text = 'filtered' then '{"clause": "a", "path": "b", "found": "c"}'::jsonb end
  where id = ${deliveryId}::uuid`

export async function readDelivery(
  sql: Sql,
  id: string,
): Promise<Pick<DeliveryRow, 'status' | 'attempts' | 'crashes' | 'reason'> & { dueInMs: number | null }> {
  const [row] = await sql`
    select status, attempts, crashes, reason,
      (extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as "dueInMs"
    from delivery where id = ${id}::uuid`
  return row as never
}
