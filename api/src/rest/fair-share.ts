import { limits } from '@whook/shared'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { createFairGate } from './fair-gate.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Reads many rows or large bodies: few calls of this kind run at once, so that they never hold the whole pool. */
    heavy?: boolean | ((request: FastifyRequest) => boolean)
  }
  interface FastifyRequest {
    /** Frees the place of the call among the calls of its user. */
    leave?: () => void
  }
}

/** Parts of the connection pool: one user's calls, and the searches of all users. */
const userShare = 0.4
const searchShare = 0.25

/** Divides the connection pool between users: a call waits for a place before its handler runs, users in turn. */
export function addFairShare(app: FastifyInstance): void {
  const { poolSize, quotas } = app.config
  const searchesMax = Math.max(2, Math.floor(poolSize * searchShare))
  const calls = createFairGate({
    name: 'calls',
    perUser: Math.max(2, Math.floor(poolSize * userShare)),
    inSum: Math.max(2, poolSize - searchesMax),
    waitingMax: limits.waitingCallsMax,
    waitMsMax: limits.waitingCallMsMax,
  })
  const searches = createFairGate({
    name: 'searches, statistics and body downloads',
    perUser: Math.min(quotas.runningSearches, searchesMax),
    inSum: searchesMax,
    waitingMax: limits.waitingSearchesMax,
    waitMsMax: limits.waitingSearchMsMax,
    onRefused: () => app.quotaReached('runningSearches'),
  })
  app.decorateRequest('leave')
  const wrapped = new WeakSet<RouteOptions['handler']>()

  app.addHook('onRoute', (route) => {
    const { handler, config } = route
    // A route for HEAD is made from the options of its GET.
    if (wrapped.has(handler)) return
    const isHeavy = (request: FastifyRequest) =>
      typeof config?.heavy === 'function' ? config.heavy(request) : (config?.heavy ?? false)
    route.handler = async function (request, reply) {
      request.leave = await (isHeavy(request) ? searches : calls).enter(request.userId)
      try {
        return await handler.call(this, request, reply)
      } finally {
        request.leave()
      }
    }
    wrapped.add(route.handler)
  })
  // The handler may return the reply, which ends with the last byte: a slow reader would hold the place.
  app.addHook('onSend', async (request) => request.leave?.())
}
