import { pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * Requests stored long after they were received. Ids sort by the time of receipt, so a client that lists newer requests
 * may already be past them: see api/src/rest/requests/requests-since.ts. Removed by retention.
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
