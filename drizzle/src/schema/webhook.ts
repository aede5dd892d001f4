import type {
  OnVerificationFailure,
  VerificationProvider,
  WebhookLimits,
  WebhookResponse,
  WebhookStatus,
} from '@whook/shared'
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { user } from './user.js'

export interface StoredVerification {
  provider: VerificationProvider
  /** Encrypted; see runtime/src/secrets. */
  secrets: string[]
  /** Also encrypted. */
  verifyToken?: string
}

export const webhook = pgTable(
  'webhook',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    status: text('status').$type<WebhookStatus>().notNull().default('active'),
    response: jsonb('response').$type<WebhookResponse>().notNull(),
    verification: jsonb('verification').$type<StoredVerification>(),
    onVerificationFailure: text('on_verification_failure')
      .$type<OnVerificationFailure>()
      .notNull()
      .default('hold'),
    limits: jsonb('limits').$type<WebhookLimits>().notNull(),
    script: text('script'),
    scriptVersion: integer('script_version').notNull().default(0),
    scriptUpdatedAt: instant('script_updated_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [index('webhook_user_idx').on(table.userId, table.id)],
)
