import { limits } from '@whook/shared'
import { desc, inArray } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { session } from '../../schema/index.js'
import { lockOwner } from '../../within-limit.js'
import { scopedTo } from '../scoped-to.js'

/** Inserts a session. Above the limit of the user it deletes the least recently used ones. */
export const createSession = (db: Db, values: typeof session.$inferInsert): Promise<void> =>
  db.transaction(async (tx) => {
    const { userId } = values
    await lockOwner(tx, { userId })
    const surplus = tx
      .select({ idHash: session.idHash })
      .from(session)
      .where(scopedTo(userId).rows(session))
      .orderBy(desc(session.lastSeenAt), desc(session.createdAt))
      .offset(limits.sessionsPerUserMax - 1)
    await tx.delete(session).where(inArray(session.idHash, surplus))
    await tx.insert(session).values(values)
  })
