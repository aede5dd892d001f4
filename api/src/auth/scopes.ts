import { ApiError, type ApiKeyScope } from '@whook/shared'
import type { FastifyRequest } from 'fastify'

/** Keys, sessions and the account itself need more than the right to change webhooks. */
const adminTags = new Set(['Account'])
const reading = new Set(['GET', 'HEAD'])

/** Which scope a route asks of a key: told by its method and its tag, in this one place. */
function scopeOf(method: string, tags: readonly string[]): ApiKeyScope {
  if (tags.some((tag) => adminTags.has(tag)) && !reading.has(method)) return 'admin'
  return reading.has(method) ? 'read' : 'write'
}

/** A wider scope holds the narrower ones. */
const holds: Record<ApiKeyScope, readonly ApiKeyScope[]> = {
  read: ['read', 'write', 'admin'],
  write: ['write', 'admin'],
  admin: ['admin'],
}

export async function requireScope(request: FastifyRequest): Promise<void> {
  const tags = (request.routeOptions.schema as { tags?: string[] } | undefined)?.tags ?? []
  const needed = scopeOf(request.method, tags)
  if (!request.principal.scopes.some((scope) => holds[needed].includes(scope))) {
    throw new ApiError('scope-missing', { detail: `This call needs the scope ${needed}` })
  }
}
