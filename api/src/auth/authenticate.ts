import { createHash, timingSafeEqual } from 'node:crypto'
import { ApiError, type ApiKeyScope } from '@whook/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hashApiKey, isApiKey } from './api-key-format.js'
import { checkCsrf, csrfToken } from './csrf.js'
import { ensureLocalOwner } from './local-owner.js'

export interface Principal {
  userId: string
  scopes: readonly ApiKeyScope[]
  via: 'session' | 'api-key'
  sessionIdHash?: Buffer
  csrfToken?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal
    userId: string
  }
}

const all: readonly ApiKeyScope[] = ['read', 'write', 'admin']

/** The hook of every scope behind sign-in: who asks, or 401. A bearer key is looked at alone, the cookie then ignored. */
export async function authenticate(this: FastifyInstance, request: FastifyRequest): Promise<void> {
  request.principal = await identify(this, request)
  request.userId = request.principal.userId
}

export async function identify(app: FastifyInstance, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers
  if (authorization === undefined) return bySession(app, request)
  const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1]
  if (!bearer) throw new ApiError('unauthenticated', { detail: 'Send Authorization: Bearer whk_...' })
  return byApiKey(app, bearer)
}

async function bySession(app: FastifyInstance, request: FastifyRequest): Promise<Principal> {
  const id = request.session.get('id')
  const record = id === undefined ? undefined : await app.sessions.find(id)
  if (!record) throw new ApiError('unauthenticated')
  const { secretKey, publicUrl } = app.config
  const token = csrfToken(secretKey, record.idHash)
  checkCsrf(request, { publicUrl, expected: token })
  return {
    userId: record.userId,
    scopes: all,
    via: 'session',
    sessionIdHash: record.idHash,
    csrfToken: token,
  }
}

async function byApiKey(app: FastifyInstance, key: string): Promise<Principal> {
  const bootstrap = app.config.mode === 'local' ? app.config.bootstrapApiKey : undefined
  if (bootstrap && sameSecret(key, bootstrap)) {
    return { userId: await ensureLocalOwner(app.db), scopes: all, via: 'api-key' }
  }
  // A typing slip costs no query.
  if (!isApiKey(key)) throw new ApiError('api-key-invalid')
  const [row] = await app.sql<{ user_id: string; scopes: ApiKeyScope[]; stale: boolean; id: string }[]>`
    select id, user_id, scopes, last_used_at is null or last_used_at < now() - interval '1 minute' as stale from api_key
    where hash = ${hashApiKey(key)} and revoked_at is null and (expires_at is null or expires_at > now())`
  if (!row) throw new ApiError('api-key-invalid')
  if (row.stale) await app.sql`update api_key set last_used_at = now() where id = ${row.id}`
  return { userId: row.user_id, scopes: row.scopes, via: 'api-key' }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b))
