import type { CreateReplayBody, Replay } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { user } from './user.js'

/** A bulk replay in progress or done. `position` is where the next batch starts, so a restart goes on. */
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
    /** Of its latest batch: replays take turns. After one that failed, when it is tried again. */
    steppedAt: instant('stepped_at').notNull().defaultNow(),
    /** Batches in a row that failed. */
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
