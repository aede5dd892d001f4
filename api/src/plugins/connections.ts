import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export type ConnectionFault = 'over-limit' | 'stalled' | 'pipelined'

interface ConnectionOptions {
  /** Connections above this limit get one 503 response; 10 % above it they are closed immediately. */
  connectionsMax: number
  /** Milliseconds within which the client must read at least one byte of a response. */
  stallMs: number
  /** Maximum of pipelined requests that wait on one connection. */
  pipelinedMax: number
  onFault: (fault: ConnectionFault) => void
}

/** Idle connections are closed at most once in this many milliseconds. */
const makeRoomEveryMs = 1000

/** Limits the connections of a server, the time a client may stall, and the pipelined requests of a connection. */
export function guardConnections(server: Server, options: ConnectionOptions) {
  const { connectionsMax, stallMs, pipelinedMax, onFault } = options
  const open = new Set<Socket>()
  const overLimit = new WeakSet<Socket>()
  const lines = new WeakMap<Socket, (() => void)[]>()
  let madeRoomAt = -Infinity

  server.maxConnections = Math.ceil(connectionsMax * 1.1)
  server.on('drop', () => onFault('over-limit'))
  server.on('connection', (socket) => {
    // A connection with an ignored upgrade emits this event a second time (see upgrades.ts).
    if (open.has(socket)) return
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    if (open.size > connectionsMax * 0.9) makeRoom()
    if (open.size > connectionsMax) overLimit.add(socket)
  })
  // Node defers this event while the client reads bytes of a large write.
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

    /** Returns true for a connection over the limit; the caller answers 503 and closes it. */
    isOverLimit(socket: Socket): boolean {
      if (!overLimit.has(socket)) return false
      onFault('over-limit')
      return true
    },

    /** Runs one request of a connection at a time: responses to pipelined requests would accumulate in memory. */
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

/** Node stores the unfinished response of a connection in this property. */
const isAnswering = (socket: Socket) =>
  Boolean((socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage)
