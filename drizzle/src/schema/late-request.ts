import { pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * Requests stored long after they were received. Ids sort by the time of receipt, so a reader of newer ones may have
 * passed their place in the list: see api/src/rest/requests/requests-since.ts. Removed with retention.
 */
export const lateRequest = pgTable(
  'late_request',
  {
    webhookId: uuid('webhook_id').notNull(),
    storedAt: instant('stored_at').notNull().defaultNow(),
    requestId: uuid('request_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.webhookId, table.storedAt, table.requestId] })],
)
