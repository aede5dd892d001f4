import { createHash, timingSafeEqual } from 'node:crypto'
import { findApiKey } from '@whook/drizzle/queries/api-key/find-api-key'
import { ApiError, type ApiKeyScope } from '@whook/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, type TakeToken } from '../token-buckets.js'
import { hashApiKey, isApiKey } from './api-key-format.js'
import { checkCsrf, csrfToken } from './csrf.js'
import { ensureLocalOwner } from './local-owner.js'

export interface Principal {
  userId: string
  scopes: readonly ApiKeyScope[]
  via: 'session' | 'api-key'
  sessionIdHash?: Buffer
  apiKeyId?: string
  csrfToken?: string
}

declare module 'fastify' {
  interface FastifyInstance {
    wrongKeys: TakeToken
  }
  interface FastifyRequest {
    principal: Principal
    userId: string
  }
}

const all: readonly ApiKeyScope[] = ['read', 'write', 'admin']

/** The hook of every scope behind sign-in. Sets `principal` and `userId`, or throws ApiError (401). */
export async function authenticate(this: FastifyInstance, request: FastifyRequest): Promise<void> {
  request.principal = await identify(this, request)
  request.userId = request.principal.userId
}

/**
 * Returns the caller. Throws ApiError (401) without valid credentials. With a bearer key the cookie is ignored.
 * Other schemes do not override a valid session: a browser sends Basic after a link `http://name:password@host/`.
 */
export async function identify(app: FastifyInstance, request: FastifyRequest): Promise<Principal> {
  const { authorization } = request.headers
  const bearer = bearerOf(request)
  if (bearer) return byApiKey(app, bearer, request.ip)
  if (authorization !== undefined && request.session.get('id') === undefined)
    throw new ApiError('unauthenticated', { detail: 'Send Authorization: Bearer whk_...' })
  return bySession(app, request)
}

/** Returns the key of `Authorization: Bearer`; undefined with another scheme. */
export const bearerOf = ({ headers }: Pick<FastifyRequest, 'headers'>) =>
  /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]

async function bySession(app: FastifyInstance, request: FastifyRequest): Promise<Principal> {
  const id = request.session.get('id')
  const record = id === undefined ? undefined : await app.sessions.find(id)
  if (!record) throw new ApiError('unauthenticated')
  const { secretKey, oldSecretKeys, publicUrl } = app.config
  // A page that was open while SECRET_KEY changed still sends a token of the old key.
  const tokens = [secretKey, ...oldSecretKeys].map((key) => csrfToken(key, record.idHash))
  checkCsrf(request, { publicUrl, expected: tokens })
  return {
    userId: record.userId,
    scopes: all,
    via: 'session',
    sessionIdHash: record.idHash,
    csrfToken: tokens[0],
  }
}

async function byApiKey(app: FastifyInstance, key: string, ip: string): Promise<Principal> {
  const bootstrap = app.config.mode === 'local' ? app.config.bootstrapApiKey : undefined
  if (bootstrap && sameSecret(key, bootstrap)) {
    return { userId: await ensureLocalOwner(app.db), scopes: all, via: 'api-key' }
  }
  // The checksum rejects mistyped keys without a query.
  const row = isApiKey(key) ? await findApiKey(app.sql, hashApiKey(key)) : undefined
  if (!row) throw refusedKey(app, ip)
  return { userId: row.userId, scopes: row.scopes, via: 'api-key', apiKeyId: row.id }
}

/** Limits wrong keys per caller to 20, refilled at 20 a minute. Valid keys are never limited here. */
function refusedKey({ wrongKeys }: FastifyInstance, ip: string): ApiError {
  const waitSeconds = wrongKeys(callerOf(ip), 20 / 60, 20)
  return waitSeconds > 0
    ? new ApiError('rate-limited', { retryAfterSeconds: Math.ceil(waitSeconds) })
    : new ApiError('api-key-invalid')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const sameSecret = (a: string, b: string) => timingSafeEqual(sha256(a), sha256(b))
