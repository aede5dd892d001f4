import { ApiError, type ApiKeyScope } from '@whook/shared'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The scope that an API key needs for this route. The api does not start if a route behind sign-in has none. */
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
  // The api does not start with a route without scope; `admin` is the safe default until then.
  const needed = routeOptions.config.scope ?? 'admin'
  if (!principal.scopes.some((scope) => holds[needed].includes(scope))) {
    throw new ApiError('scope-missing', { detail: `This request needs an API key with the scope ${needed}` })
  }
}
