import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { splitTarget } from '../ingest/split-target.js'

/**
 * Emits WebSocket upgrades on `sockets`, except for hook URLs. Every other upgrade is parsed again as a plain request.
 * With an upgrade listener, Node treats each request with an Upgrade header as an upgrade and skips its body. But many
 * senders offer HTTP/2 with each request and expect the offer to be ignored (RFC 9110 section 7.8).
 */
export function sortUpgrades(server: Server, sockets: EventEmitter): void {
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isSocket = incoming.headers.upgrade?.toLowerCase() === 'websocket'
    if (isSocket && !splitTarget(incoming.url ?? '')) sockets.emit('upgrade', incoming, socket, head)
    else readAgain(server, incoming, socket, head)
  })
}

const sentOn = new WeakMap<Duplex, string[]>()

function readAgain(server: Server, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = incoming
  let plain = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    plain += `${name}: ${name.toLowerCase() === 'connection' ? 'close' : rawHeaders[i + 1]!}\r\n`
  }
  sentOn.set(socket, rawHeaders)
  socket.unshift(Buffer.concat([Buffer.from(`${plain}\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}

/** Restores the original headers of a request that was parsed again. */
export function restoreHeaders(incoming: IncomingMessage): void {
  const sent = sentOn.get(incoming.socket)
  if (!sent) return
  sentOn.delete(incoming.socket)
  incoming.rawHeaders = sent
}
