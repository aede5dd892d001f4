import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { replay } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

/** Returns a replay of the user. */
export async function findReplay(
  db: Pick<Db, 'select'>,
  { userId, id }: { userId: string; id: string },
): Promise<typeof replay.$inferSelect | undefined> {
  const [row] = await db
    .select()
    .from(replay)
    .where(and(eq(replay.id, id), scopedTo(userId).rows(replay)))
  return row
}
