import { and, isNull } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { apiKey } from '../../schema/index.js'
import { withinLimit, type CountLimit } from '../../within-limit.js'
import { scopedTo } from '../scoped-to.js'

export type ApiKeyRow = typeof apiKey.$inferSelect

/** Inserts an API key. Throws the error of the limit when the user has `max` keys that are not revoked. */
export const createApiKey = (
  db: Db,
  values: typeof apiKey.$inferInsert,
  limit: CountLimit,
): Promise<ApiKeyRow> =>
  db.transaction(async (tx) => {
    const { userId } = values
    const where = and(scopedTo(userId).rows(apiKey), isNull(apiKey.revokedAt))
    await withinLimit(tx, { owner: { userId }, table: apiKey, where, ...limit })
    const [row] = await tx.insert(apiKey).values(values).returning()
    return row!
  })
