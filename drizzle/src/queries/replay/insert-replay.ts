import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { replay } from '../../schema/index.js'
import { withinLimit, type CountLimit } from '../../within-limit.js'
import { scopedTo } from '../scoped-to.js'

/** Inserts a replay. Throws the error of the limit when `max` replays of the user run. */
export const insertReplay = (db: Db, values: typeof replay.$inferInsert, limit: CountLimit): Promise<void> =>
  db.transaction(async (tx) => {
    const { userId } = values
    const where = and(scopedTo(userId).rows(replay), eq(replay.status, 'running'))
    await withinLimit(tx, { owner: { userId }, table: replay, where, ...limit })
    await tx.insert(replay).values(values)
  })
