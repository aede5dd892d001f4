import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { splitTarget } from '../ingest/split-target.js'

/**
 * Once anybody listens for upgrades, Node takes every call that offers one for one, and reads no body of it. Many senders
 * offer HTTP/2 with each call and expect to be ignored (RFC 9110 section 7.8), and a hook URL upgrades to nothing. Only a
 * WebSocket asked for elsewhere is told to `sockets`; all else is read once more, as the plain call it also is.
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

/** Gives a call that was read again the headers it came with. */
export function restoreHeaders(incoming: IncomingMessage): void {
  const sent = sentOn.get(incoming.socket)
  if (!sent) return
  sentOn.delete(incoming.socket)
  incoming.rawHeaders = sent
}
