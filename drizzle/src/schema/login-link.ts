import { pgTable } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.js'

/** One-time sign-in links of local mode. */
export const loginLink = pgTable('login_link', {
  tokenHash: bytea('token_hash').primaryKey(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
})
