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

/** Milliseconds between two looks at a socket: does it answer, and may it still listen? */
const everyMs = 25_000

/** The third door: the SPA listens. */
const live: FastifyPluginAsync<{ sockets: EventEmitter }> = async (app, { sockets }) => {
  const hub = createHub({ listening: app.budgets.listening })
  const ownOrigin = new URL(app.config.publicUrl).origin

  // A browser sends cookies with a WebSocket from any page: only our own pages may listen with them. No browser adds an
  // Authorization header by itself, so a caller with an API key may be anywhere.
  async function checkOrigin({ headers, principal }: FastifyRequest) {
    if (principal.via === 'session' && headers.origin !== ownOrigin) throw new ApiError('origin-forbidden')
  }

  // It only listens for upgrades, and these are told by `sockets`; its type asks for a whole server.
  const server = sockets as Server
  await app.register(websocket, { options: { server, maxPayload: 64 * 1024, perMessageDeflate: false } })
  // The pages' route takes any address: without this an upgrade asked for anywhere would be granted, and then hang.
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

/** A database that is away signs nobody out. */
async function isSignedIn(app: FastifyInstance, request: FastifyRequest): Promise<boolean> {
  try {
    await identify(app, request)
    return true
  } catch (error) {
    return !(error instanceof ApiError)
  }
}

/** At the root, so that an upgrade asked for anywhere else is answered and its connection closed. */
export default fp(live, { name: 'live', dependencies: ['live-bus', 'sessions', 'metrics', 'budgets'] })
