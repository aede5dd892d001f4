import { sql } from 'drizzle-orm'
import { index, integer, pgTable, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** Requests that wait for the certificate of their sender: nearly always empty. No foreign key, as webhook_request has none. */
export const pendingVerification = pgTable(
  'pending_verification',
  {
    requestId: uuid('request_id').primaryKey(),
    tries: integer('tries').notNull().default(0),
    /** When a worker may take it; far enough ahead while one has it. */
    dueAt: instant('due_at')
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [index('pending_verification_due_idx').on(table.dueAt)],
)
