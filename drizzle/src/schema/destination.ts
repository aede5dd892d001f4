import type { DestinationLimits, Filter, HeaderPairs, RetryPolicy } from '@whook/shared'
import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { webhook } from './webhook.js'

export const destination = pgTable(
  'destination',
  {
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhook.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    url: text('url').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    disabledReason: text('disabled_reason').$type<'user' | 'gone-410'>(),
    headers: jsonb('headers').$type<HeaderPairs>().notNull(),
    forwardHeaders: text('forward_headers').array().notNull(),
    /** False for destinations that are older than this option. */
    appendPath: boolean('append_path').notNull().default(false),
    timeoutMs: integer('timeout_ms').notNull(),
    retry: jsonb('retry').$type<RetryPolicy>().notNull(),
    limits: jsonb('limits').$type<DestinationLimits>().notNull(),
    filter: jsonb('filter').$type<Filter>(),
    script: text('script'),
    orderingKey: text('ordering_key'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [index('destination_webhook_idx').on(table.webhookId, table.id)],
)
