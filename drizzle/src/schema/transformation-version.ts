import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { webhook } from './webhook.js'

export const transformationVersion = pgTable(
  'transformation_version',
  {
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhook.id, { onDelete: 'cascade' }),
    version: integer('version').notNull(),
    script: text('script'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.webhookId, table.version] })],
)
