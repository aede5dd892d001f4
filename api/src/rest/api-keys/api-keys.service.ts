import type { Db, Sql } from '@whook/drizzle'
import { createApiKey, type ApiKeyRow } from '@whook/drizzle/queries/api-key/create-api-key'
import { listApiKeys } from '@whook/drizzle/queries/api-key/list-api-keys'
import { revokeApiKey } from '@whook/drizzle/queries/api-key/revoke-api-key'
import {
  ApiError,
  limits,
  type ApiKey,
  type ApiKeyScope,
  type CreateApiKeyBody,
  type CreatedApiKey,
  type Page,
} from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { clock } from '@whook/runtime/clock'
import { hashApiKey, newApiKey } from '../../auth/api-key-format.js'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'

/** Characters of a key that lists show: enough to distinguish keys, too few to use one. */
const prefixChars = 12

interface ApiKeysServiceDeps {
  db: Db
  sql: Sql
  newId: () => string
  liveBus: Pick<LiveBus, 'control'>
}

export function createApiKeysService({ db, sql, newId, liveBus }: ApiKeysServiceDeps) {
  return {
    async create(userId: string, { name, scopes, expiresAt }: CreateApiKeyBody): Promise<CreatedApiKey> {
      if (expiresAt && Date.parse(expiresAt) <= clock.now()) {
        throw new ApiError('validation', {
          errors: [{ path: '/expiresAt', message: 'must be in the future' }],
        })
      }
      const key = newApiKey()
      const values = {
        id: newId(),
        userId,
        name,
        scopes,
        prefix: key.slice(0, prefixChars),
        hash: hashApiKey(key),
        expiresAt: expiresAt ? new Date(expiresAt) : null,
      }
      const row = await createApiKey(db, values, {
        max: limits.apiKeysPerUserMax,
        refusal: () =>
          new ApiError('limit-reached', {
            detail: `At most ${limits.apiKeysPerUserMax} API keys per user; revoke one first`,
          }),
      })
      return { ...toApiKey(row), key }
    },

    async list(
      userId: string,
      { limit = limits.pageDefault, cursor }: { limit?: number; cursor?: string },
    ): Promise<Page<ApiKey>> {
      const position = decodeCursor('api-keys', cursor, [uuidPattern])
      const rows = await listApiKeys(db, { userId, before: position?.[0], limit: limit + 1 })
      return toPage(rows, limit, toApiKey, (row) => encodeCursor('api-keys', [row.id]))
    },

    async revoke(userId: string, id: string): Promise<void> {
      if (!(await revokeApiKey(sql, { userId, id }))) throw new ApiError('api-key-not-found')
      await liveBus.control({ type: 'api-key.revoked', userId, apiKeyId: id })
    },
  }
}

const toApiKey = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes as ApiKeyScope[],
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
})

export type ApiKeysService = ReturnType<typeof createApiKeysService>
