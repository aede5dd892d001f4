import { createHash, timingSafeEqual } from 'node:crypto'
import { ApiError, type ApiKeyScope } from '@whook/shared'
import { apiKey } from '@whook/drizzle'
import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hashApiKey, isApiKey } from './api-key-format.js'
import { ensureLocalOwner } from './local-owner.js'

export interface Principal {
  userId: string
  scopes: readonly ApiKeyScope[]
  via: 'session' | 'api-key'
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
    userId: string
  }
}

/** The hook of every scope behind sign-in: who asks, or 401. */
export async function authenticate(this: FastifyInstance, request: FastifyRequest): Promise<void> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (!bearer) throw new ApiError('unauthenticated')
  request.principal = await byApiKey(this, bearer)
  request.userId = request.principal.userId
}

async function byApiKey(app: FastifyInstance, key: string): Promise<Principal> {
  const bootstrap = app.config.mode === 'local' ? app.config.bootstrapApiKey : undefined
  if (bootstrap && sameSecret(key, bootstrap)) {
    return { userId: await ensureLocalOwner(app.db), scopes: ['read', 'write', 'admin'], via: 'api-key' }
  }
  if (!isApiKey(key)) throw new ApiError('api-key-invalid')
  const [row] = await app.db
    .select({ userId: apiKey.userId, scopes: apiKey.scopes })
    .from(apiKey)
    .where(
      and(
        eq(apiKey.hash, hashApiKey(key)),
        isNull(apiKey.revokedAt),
        or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, sql`now()`)),
      ),
    )
  if (!row) throw new ApiError('api-key-invalid')
  return { userId: row.userId, scopes: row.scopes as ApiKeyScope[], via: 'api-key' }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b))
