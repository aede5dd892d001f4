import type { CreateReplayBody, Replay } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { user } from './user.js'

/** A running or ended bulk replay. `position` is the start of the next batch, so that a restart continues there. */
export const replay = pgTable(
  'replay',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    webhookId: uuid('webhook_id'),
    status: text('status').$type<Replay['status']>().notNull(),
    selection: jsonb('selection').$type<CreateReplayBody>().notNull(),
    position: text('position'),
    total: integer('total').notNull(),
    done: integer('done').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Time of the latest batch: the oldest replay is next. After a failed batch, the time of the next attempt. */
    steppedAt: instant('stepped_at').notNull().defaultNow(),
    /** Consecutive failed batches. */
    failures: integer('failures').notNull().default(0),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('replay_user_idx').on(table.userId, table.id),
    index('replay_running_idx')
      .on(table.steppedAt)
      .where(sql`${table.status} = 'running'`),
  ],
)
