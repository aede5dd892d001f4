import { apiKey, type Db } from '@whook/drizzle'
import {
  ApiError,
  limits,
  type ApiKey,
  type ApiKeyScope,
  type CreateApiKeyBody,
  type CreatedApiKey,
  type Page,
} from '@whook/shared'
import { withinLimit } from '@whook/drizzle/within-limit'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { clock } from '@whook/runtime/clock'
import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { hashApiKey, newApiKey } from '../../auth/api-key-format.js'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'

/** Characters of a key that lists show: enough to distinguish keys, too few to use one. */
const prefixChars = 12

interface ApiKeysServiceDeps {
  db: Db
  newId: () => string
  liveBus: Pick<LiveBus, 'control'>
}

export function createApiKeysService({ db, newId, liveBus }: ApiKeysServiceDeps) {
  return {
    async create(userId: string, { name, scopes, expiresAt }: CreateApiKeyBody): Promise<CreatedApiKey> {
      if (expiresAt && Date.parse(expiresAt) <= clock.now()) {
        throw new ApiError('validation', {
          errors: [{ path: '/expiresAt', message: 'must be in the future' }],
        })
      }
      const key = newApiKey()
      const row = await db.transaction(async (tx) => {
        await withinLimit(tx, {
          owner: { userId },
          table: apiKey,
          where: and(eq(apiKey.userId, userId), isNull(apiKey.revokedAt)),
          max: limits.apiKeysPerUserMax,
          refusal: () =>
            new ApiError('limit-reached', {
              detail: `At most ${limits.apiKeysPerUserMax} API keys per user; revoke one first`,
            }),
        })
        const [made] = await tx
          .insert(apiKey)
          .values({
            id: newId(),
            userId,
            name,
            scopes,
            prefix: key.slice(0, prefixChars),
            hash: hashApiKey(key),
            expiresAt: expiresAt ? new Date(expiresAt) : null,
          })
          .returning()
        return made!
      })
      return { ...toApiKey(row), key }
    },

    async list(
      userId: string,
      { limit = limits.pageDefault, cursor }: { limit?: number; cursor?: string },
    ): Promise<Page<ApiKey>> {
      const position = decodeCursor('api-keys', cursor, [uuidPattern])
      const rows = await db
        .select()
        .from(apiKey)
        .where(
          and(
            eq(apiKey.userId, userId),
            isNull(apiKey.revokedAt),
            position ? lt(apiKey.id, position[0]!) : undefined,
          ),
        )
        .orderBy(desc(apiKey.id))
        .limit(limit + 1)
      return toPage(rows, limit, toApiKey, (row) => encodeCursor('api-keys', [row.id]))
    },

    async revoke(userId: string, id: string): Promise<void> {
      const revoked = await db
        .update(apiKey)
        .set({ revokedAt: sql`now()` })
        .where(and(eq(apiKey.id, id), eq(apiKey.userId, userId), isNull(apiKey.revokedAt)))
        .returning({ id: apiKey.id })
      if (revoked.length === 0) throw new ApiError('api-key-not-found')
      await liveBus.control({ type: 'api-key.revoked', userId, apiKeyId: id })
    },
  }
}

const toApiKey = (row: typeof apiKey.$inferSelect): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes as ApiKeyScope[],
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
})

export type ApiKeysService = ReturnType<typeof createApiKeysService>
