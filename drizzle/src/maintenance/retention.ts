import type { Sql } from '../client.js'

const batchMax = 1000

/** Removes what is older than a webhook's own, shorter retention, a batch at a time. Answers how many requests went. */
export async function expireRequests(sql: Sql, retentionDays: number): Promise<number> {
  const webhooks = await sql<{ id: string; days: number }[]>`
    select id, (limits->>'retentionDays')::int as days from webhook
    where (limits->>'retentionDays')::int < ${retentionDays}::int`
  let removed = 0
  for (const { id, days } of webhooks) {
    const [cutoff] = await sql<{ id: string }[]>`
      select uuid_floor(now() - make_interval(days => ${days}::int)) as id`
    removed += await removeRequests(sql, id, cutoff!.id)
  }
  return removed
}

/** Requests of a webhook made before `beforeId`, with their deliveries and attempts. Counted as expired. */
export async function removeRequests(sql: Sql, webhookId: string, beforeId: string): Promise<number> {
  for (let removed = 0; ;) {
    const [batch] = await sql<{ removed: number }[]>`
      with gone as (
        delete from webhook_request where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid and id in (
          select id from webhook_request where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid
          order by id limit ${batchMax})
        returning id
      ), counted as (
        insert into webhook_delta (webhook_id, minute, expired)
        select webhook.id, date_trunc('minute', now()), (select count(*) from gone)
        from webhook where webhook.id = ${webhookId}::uuid and exists (select from gone)
      )
      select count(*)::int as removed from gone`
    removed += batch!.removed
    if (batch!.removed < batchMax) {
      await removeDeliveries(sql, webhookId, beforeId)
      return removed
    }
  }
}

async function removeDeliveries(sql: Sql, webhookId: string, beforeId: string) {
  for (let removed = batchMax; removed === batchMax;) {
    const [batch] = await sql<{ removed: number }[]>`
      with gone as (
        delete from delivery where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid and id in (
          select id from delivery where webhook_id = ${webhookId}::uuid and id < ${beforeId}::uuid limit ${batchMax})
        returning id
      ), attempts as (
        delete from attempt where delivery_id < ${beforeId}::uuid and delivery_id in (select id from gone)
      )
      select count(*)::int as removed from gone`
    removed = batch!.removed
  }
}
