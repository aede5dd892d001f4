import type { Sql } from '../../client.js'

/** Returns the newest requests of a webhook, newest first. */
export const listNewest = (sql: Sql, { webhookId, limit }: { webhookId: string; limit: number }) => sql<
  { id: string; size: number }[]
>`
  select id, size from webhook_request where webhook_id = ${webhookId} order by id desc limit ${limit}`
