import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { destination } from './destination.js'

/** Standard Webhooks signing secrets, encrypted. During a rotation several secrets sign each request. */
export const destinationSecret = pgTable(
  'destination_secret',
  {
    id: uuid('id').primaryKey(),
    destinationId: uuid('destination_id')
      .notNull()
      .references(() => destination.id, { onDelete: 'cascade' }),
    secret: text('secret').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at'),
  },
  (table) => [index('destination_secret_destination_idx').on(table.destinationId)],
)
