import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destination } from '../../schema/index.js'

/** Deletes a destination, which the caller has found as one of the user. */
export async function deleteDestination(db: Db, id: string): Promise<void> {
  await db.delete(destination).where(eq(destination.id, id))
}
