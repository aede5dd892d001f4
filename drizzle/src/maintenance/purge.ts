import { limits } from '@whook/shared'
import type { Sql } from '../client.js'
import { cancelOrphanedDeliveries, holdBatchMax } from '../deliveries/hold-deliveries.js'
import { removeRequests } from './retention.js'

const minutesKeptDays = 32
/** A bookmark that is older lists by the time of receipt alone. */
const lateKeptDays = 32
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Removes what nothing refers to any more, and what was only kept for a while. */
export async function purge(sql: Sql): Promise<void> {
  for (const webhookId of await orphanedWebhooks(sql)) await removeRequests(sql, webhookId, lastId)
  while ((await cancelOrphanedDeliveries(sql)).length >= holdBatchMax);
  await sql`delete from webhook_minute where minute < now() - make_interval(days => ${minutesKeptDays}::int)`
  await sql`delete from destination_minute where minute < now() - make_interval(days => ${minutesKeptDays}::int)`
  await sql`delete from delivery_counter where not exists (select from webhook where webhook.id = webhook_id)`
  await sql`
    delete from session
    where expires_at < now() or last_seen_at < now() - make_interval(days => ${limits.sessionIdleDays})`
  await sql`
    delete from late_request where stored_at < now() - make_interval(days => ${lateKeptDays}::int)
      or not exists (select from webhook where webhook.id = webhook_id)`
  await sql`delete from login_link where expires_at < now() - interval '1 day'`
  await sql`delete from destination_secret where expires_at < now() - interval '1 day'`
}

/** Ids of webhooks that are gone but still have rows, found by stepping through the index from webhook to webhook. */
async function orphanedWebhooks(sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with recursive request as (
      (select webhook_id as id from webhook_request order by webhook_id limit 1)
      union all
      select next.id from request, lateral (
        select webhook_id as id from webhook_request where webhook_id > request.id order by webhook_id limit 1) as next
    ), held as (
      (select webhook_id as id from delivery order by webhook_id limit 1)
      union all
      select next.id from held, lateral (
        select webhook_id as id from delivery where webhook_id > held.id order by webhook_id limit 1) as next
    )
    select id from request union select id from held except select id from webhook`
  return rows.map((row) => row.id)
}
