import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import websocket from '@fastify/websocket'
import { ApiError, liveBeatMs, type LiveServerFrame } from '@whook/shared'
import { clock } from '@whook/runtime/clock'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { authenticate, identify } from '../auth/authenticate.js'
import { createHostCheck } from '../auth/host-check.js'
import { createHub } from './hub.js'
import { watchSocket } from './watch-socket.js'

/** Milliseconds between two checks that a socket responds and that its credential is valid. */
const everyMs = 25_000

/** Serves the WebSocket `/ws`, which sends live messages to the SPA. */
const live: FastifyPluginAsync<{ sockets: EventEmitter }> = async (app, { sockets }) => {
  const hub = createHub({ listening: app.budgets.listening })
  const ownOrigin = new URL(app.config.publicUrl).origin

  // A browser sends cookies with a WebSocket from any page, so a session is accepted only from our own pages. No
  // browser
  // adds an Authorization header by itself, so an API key is accepted from any origin.
  async function checkOrigin({ headers, principal }: FastifyRequest) {
    if (principal.via === 'session' && headers.origin !== ownOrigin) throw new ApiError('origin-forbidden')
  }

  // The plugin only listens for upgrades, which `sockets` emits. Its type requires a whole server.
  const server = sockets as Server
  await app.register(websocket, { options: { server, maxPayload: 64 * 1024, perMessageDeflate: false } })
  // The route of the SPA matches every path: without this check an upgrade on any path would be accepted and then hang.
  app.addHook('onRequest', async (request) => {
    if (request.ws && request.routeOptions.url !== '/ws') throw new ApiError('not-found')
  })
  app.get(
    '/ws',
    { websocket: true, preValidation: [createHostCheck(app.config), authenticate, checkOrigin] },
    (socket, request) => {
      const { userId, sessionIdHash, apiKeyId } = request.principal
      const leave = hub.join(userId, socket, sessionIdHash?.toString('base64url') ?? apiKeyId)
      watchSocket(socket, { everyMs, isSignedIn: () => isSignedIn(app, request) })
      socket.on('close', () => {
        leave()
        app.metrics.sockets.set(hub.size)
      })
      socket.on('error', () => socket.terminate())
      app.metrics.sockets.set(hub.size)
      const hello: LiveServerFrame = { hello: { userId, serverTime: new Date(clock.now()).toISOString() } }
      socket.send(JSON.stringify(hello))
    },
  )

  const stop = await app.liveBus.subscribe({
    live: hub.publish,
    control: (message) => {
      if (message.type === 'user.sessions-revoked') hub.evict(message.userId, message.sessionIdHash)
      if (message.type === 'api-key.revoked') hub.evict(message.userId, message.apiKeyId)
      if (message.type === 'user.deleted') hub.evict(message.userId)
    },
    gap: hub.gap,
  })
  const beating = setInterval(hub.beat, liveBeatMs)
  app.addHook('preClose', async () => {
    clearInterval(beating)
    hub.close()
  })
  app.addHook('onClose', stop)
}

/**
 * Returns whether the credential is valid; true while the database is unavailable, so that an outage closes no socket.
 */
async function isSignedIn(app: FastifyInstance, request: FastifyRequest): Promise<boolean> {
  try {
    await identify(app, request)
    return true
  } catch (error) {
    return !(error instanceof ApiError)
  }
}

/** Registered at the root, so that an upgrade on another path is answered and its connection closed. */
export default fp(live, { name: 'live', dependencies: ['live-bus', 'sessions', 'metrics', 'budgets'] })
