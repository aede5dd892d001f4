import type { RequestFilter } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { deliveriesOf, requestConditions } from './request-conditions.js'

/** Maximum requests of one transaction, so that locks are short. */
const batchMax = 1000

/** Deletes one request of a webhook with its deliveries and attempts. */
export const deleteRequest = (sql: Sql, { webhookId, id }: { webhookId: string; id: string }) =>
  deleteSome(sql, webhookId, sql`r.id = ${id}::uuid`)

/** Deletes the matching requests of a webhook in small batches. Skips newer ones. Returns the number. */
export async function deleteRequests(
  sql: Sql,
  { webhookId, filter }: { webhookId: string; filter: RequestFilter },
): Promise<number> {
  const [newest] = await sql<{ id: string }[]>`
    select id from webhook_request where webhook_id = ${webhookId} order by id desc limit 1`
  if (!newest) return 0
  const condition = sql`r.id <= ${newest.id}::uuid and ${requestConditions(sql, filter)}`
  let deleted = 0
  for (;;) {
    const batch = await deleteSome(sql, webhookId, condition)
    deleted += batch
    if (batch < batchMax) return deleted
  }
}

async function deleteSome(sql: Sql, webhookId: string, condition: Fragment): Promise<number> {
  return sql.begin(async (tx) => {
    const rows = await tx<{ id: string; size: number }[]>`
      delete from webhook_request where id = any(array(
        select r.id from webhook_request r where r.webhook_id = ${webhookId} and ${condition}
        order by r.id desc limit ${batchMax}))
      returning id, size`
    if (rows.length === 0) return 0
    const ids = rows.map(({ id }) => id)
    const gone = await tx<{ id: string }[]>`
      delete from delivery d using unnest(${ids}::uuid[]) as r(id) where ${deliveriesOf(sql)} returning d.id`
    await tx`delete from attempt where delivery_id = any(${gone.map(({ id }) => id)}::uuid[])`
    await tx`
      insert into webhook_delta (webhook_id, minute, expired, expired_bytes)
      values (${webhookId}, date_trunc('minute', now()), ${ids.length},
        ${rows.reduce((sum, { size }) => sum + size, 0)})`
    return ids.length
  })
}
