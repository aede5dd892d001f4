import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/** Next run of each maintenance task, by the clock of the database. One worker claims each run. */
export const maintenanceTask = pgTable('maintenance_task', {
  task: text('task').primaryKey(),
  dueAt: instant('due_at').notNull(),
})

/**
 * Deleted webhooks and destinations whose rows in the large tables still exist. Inserted by triggers, so that the
 * cost of a clean-up follows the number of deletions, not the size of the tables.
 */
export const deletion = pgTable(
  'deletion',
  {
    kind: text('kind').$type<'webhook' | 'destination'>().notNull(),
    id: uuid('id').notNull(),
    deletedAt: instant('deleted_at').notNull().defaultNow(),
    /** Time of the first removal of its rows. A second removal follows later, for batches that were still queued. */
    checkedAt: instant('checked_at'),
  },
  (table) => [primaryKey({ columns: [table.kind, table.id] })],
)

/** Jobs of the ingest queue that no running worker can read. A worker of another version must store them. */
export const unreadableJob = pgTable('unreadable_job', {
  jobId: text('job_id').primaryKey(),
  foundAt: instant('found_at').notNull().defaultNow(),
})
