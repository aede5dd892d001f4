import type { Db } from '../../client.js'
import { user } from '../../schema/index.js'

/** Inserts a user, unless the identity or the e-mail exists. */
export async function createUser(db: Db, values: typeof user.$inferInsert): Promise<void> {
  await db.insert(user).values(values).onConflictDoNothing()
}
