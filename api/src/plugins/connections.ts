import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type ConnectionFault = 'over-limit' | 'stalled' | 'pipelined'

interface ConnectionOptions {
  /** Above this a connection gets one answer, 503; above a tenth more it is closed at once. */
  connectionsMax: number
  /** Milliseconds in which the peer must take some byte of an answer. */
  stallMs: number
  /** Requests that may wait on one connection for the answer before them. */
  pipelinedMax: number
  onFault: (fault: ConnectionFault) => void
}

/** Milliseconds between two times that idle connections are closed to make room. */
const makeRoomEveryMs = 1000

/** Bounds the connections of a server, the time a peer may not read, and the requests in hand on one connection. */
export function guardConnections(server: Server, options: ConnectionOptions) {
  const { connectionsMax, stallMs, pipelinedMax, onFault } = options
  const open = new Set<Socket>()
  const overLimit = new WeakSet<Socket>()
  const lines = new WeakMap<Socket, (() => void)[]>()
  let madeRoomAt = -Infinity

  server.maxConnections = Math.ceil(connectionsMax * 1.1)
  server.on('drop', () => onFault('over-limit'))
  server.on('connection', (socket) => {
    // A connection whose offer of another protocol was ignored comes here a second time.
    if (open.has(socket)) return
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    if (open.size > connectionsMax * 0.9) makeRoom()
    if (open.size > connectionsMax) overLimit.add(socket)
  })
  // Node defers this event as long as the peer takes bytes of a large write.
  server.setTimeout(stallMs, (socket) => {
    const isComputing = isAnswering(socket) && socket.writableLength === 0
    if (isComputing) return
    if (socket.writableLength > 0) onFault('stalled')
    socket.destroy()
  })

  function makeRoom() {
    const now = performance.now()
    if (now - madeRoomAt < makeRoomEveryMs) return
    madeRoomAt = now
    server.closeIdleConnections()
  }

  return {
    get size() {
      return open.size
    },

    /** True for a request on a connection over the limit: it gets 503 and the connection closes. */
    isOverLimit(socket: Socket): boolean {
      if (!overLimit.has(socket)) return false
      onFault('over-limit')
      return true
    },

    /** Starts a request when those before it on its connection are answered: their answers would pile up in memory. */
    oneInHand({ socket }: IncomingMessage, response: ServerResponse, handle: () => void): void {
      const start = () => {
        response.once('close', () => startNext(socket))
        handle()
      }
      const line = lines.get(socket)
      if (!line) {
        lines.set(socket, [])
        start()
      } else if (line.length < pipelinedMax) {
        line.push(start)
      } else {
        onFault('pipelined')
        lines.delete(socket)
        socket.destroy()
      }
    },
  }

  function startNext(socket: Socket) {
    const next = socket.destroyed ? undefined : lines.get(socket)?.shift()
    if (next) next()
    else lines.delete(socket)
  }
}

export type Connections = ReturnType<typeof guardConnections>

/** Node keeps the response that a connection is busy with in this property. */
const isAnswering = (socket: Socket) =>
  Boolean((socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage)
