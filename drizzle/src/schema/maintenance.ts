import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** When each maintenance task runs next, by the clock of the database. One worker claims a task's turn. */
export const maintenanceTask = pgTable('maintenance_task', {
  task: text('task').primaryKey(),
  dueAt: instant('due_at').notNull(),
})

/**
 * Deleted webhooks and destinations whose rows in the large tables are still there. Written by triggers, so that a
 * clean-up costs what was deleted, not what exists.
 */
export const deletion = pgTable(
  'deletion',
  {
    kind: text('kind').$type<'webhook' | 'destination'>().notNull(),
    id: uuid('id').notNull(),
    deletedAt: instant('deleted_at').notNull().defaultNow(),
    /** When its rows were first removed. Once more later: a batch may have been on its way. */
    checkedAt: instant('checked_at'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
)

/** Jobs of the ingest queue that no running worker can read, until one of another version stores them. */
export const unreadableJob = pgTable('unreadable_job', {
  jobId: text('job_id').primaryKey(),
  foundAt: instant('found_at').notNull().defaultNow(),
})
