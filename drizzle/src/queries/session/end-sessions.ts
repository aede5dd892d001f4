import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { session } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

/** Deletes one session of the user, or all. Returns the number of deleted ones. */
export async function endSessions(db: Db, userId: string, idHash?: Buffer): Promise<number> {
  const ended = await db
    .delete(session)
    .where(and(scopedTo(userId).rows(session), idHash ? eq(session.idHash, idHash) : undefined))
    .returning({ idHash: session.idHash })
  return ended.length
}
