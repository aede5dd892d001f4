import { and, desc, isNull, lt } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { apiKey } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'
import type { ApiKeyRow } from './create-api-key.js'

/** Returns the user's keys that are not revoked, with ids below `before`, newest first. */
export const listApiKeys = (
  db: Db,
  { userId, before, limit }: { userId: string; before?: string; limit: number },
): Promise<ApiKeyRow[]> =>
  db
    .select()
    .from(apiKey)
    .where(
      and(
        scopedTo(userId).rows(apiKey),
        isNull(apiKey.revokedAt),
        before ? lt(apiKey.id, before) : undefined,
      ),
    )
    .orderBy(desc(apiKey.id))
    .limit(limit)
