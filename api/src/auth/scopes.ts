import { ApiError, type ApiKeyScope } from '@whook/shared'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope an API key needs for this route. Every route behind sign-in names one, or the api does not start. */
    scope?: ApiKeyScope
  }
}

/** A wider scope includes the narrower ones. */
const holds: Record<ApiKeyScope, readonly ApiKeyScope[]> = {
  read: ['read', 'write', 'admin'],
  write: ['write', 'admin'],
  admin: ['admin'],
}

export async function requireScope({ routeOptions, principal }: FastifyRequest): Promise<void> {
  // A route that names none is refused at start; until then the widest is needed.
  const needed = routeOptions.config.scope ?? 'admin'
  if (!principal.scopes.some((scope) => holds[needed].includes(scope))) {
    throw new ApiError('scope-missing', { detail: `This call needs the scope ${needed}` })
  }
}
