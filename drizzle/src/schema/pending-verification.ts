import { sql } from 'drizzle-orm'
import { index, integer, pgTable, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * Requests that wait for the certificate of their sender. Nearly always empty. No foreign key, like webhook_request.
 */
export const pendingVerification = pgTable(
  'pending_verification',
  {
    requestId: uuid('request_id').primaryKey(),
    tries: integer('tries').notNull().default(0),
    /** Time from which a worker may claim the row. A claim moves it into the future. */
    dueAt: instant('due_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [index('pending_verification_due_idx').on(table.dueAt)],
)
