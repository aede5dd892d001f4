import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destination } from '../../schema/index.js'
import type { DestinationRow } from './find-destination.js'

/** Updates a destination that the caller has locked. */
export async function updateDestination(
  db: Pick<Db, 'update'>,
  id: string,
  values: Partial<typeof destination.$inferInsert>,
): Promise<DestinationRow> {
  const [row] = await db.update(destination).set(values).where(eq(destination.id, id)).returning()
  return row!
}
