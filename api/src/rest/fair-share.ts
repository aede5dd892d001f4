import { limits } from '@whook/shared'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { createFairGate } from './fair-gate.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** For calls that read many rows or large bodies: few run concurrently, so that they cannot use the whole pool. */
    heavy?: boolean | ((request: FastifyRequest) => boolean)
  }
  interface FastifyRequest {
    /** Ends the call in its fair gate. */
    leave?: () => void
  }
}

/** Shares of the connection pool: the calls of one user, and the searches of all users. */
const userShare = 0.4
const searchShare = 0.25

/** Shares the connection pool fairly between users: a call passes a fair gate before its handler runs. */
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
    // Fastify creates a HEAD route from the options of the GET route, so its handler is already wrapped.
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
  // A handler that returns the reply ends with the last byte: without this hook a slow client would block the gate.
  app.addHook('onSend', async (request) => request.leave?.())
}
