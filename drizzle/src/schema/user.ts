import { pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

export const user = pgTable('user', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  picture: text('picture'),
  /** `<issuer> <subject>` identifies the user. Another person can get an email address, but not this value. */
  googleId: text('google_id').notNull().unique(),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastLogin: instant('last_login'),
})
