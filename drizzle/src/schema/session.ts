import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.js'
import { user } from './user.js'

export const session = pgTable(
  'session',
  {
    /** SHA-256 of the id in the cookie, so that a stolen database dump contains no usable session. */
    idHash: bytea('id_hash').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    createdAt: instant('created_at').notNull().defaultNow(),
    lastSeenAt: instant('last_seen_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    ip: text('ip').notNull(),
    userAgent: text('user_agent').notNull(),
  },
  (table) => [index('session_user_idx').on(table.userId)],
)
