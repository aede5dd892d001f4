import { eq, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Fragment, Sql } from '../client.js'

/**
 * The condition that a row belongs to the user, in both query styles. A test checks that no other file writes it.
 */
export const scopedTo = (userId: string) => ({
  /** For the builder: the rows of a table with the column `userId`. */
  rows: (table: { userId: PgColumn }): SQL => eq(table.userId, userId),
  /** For tagged SQL: `alias` names a table with the column `user_id`. */
  in: (sql: Sql, alias: string): Fragment => sql`${sql(alias)}.user_id = ${userId}::uuid`,
})
