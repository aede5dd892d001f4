import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** Counts of one connection since it was opened. */
export interface ConnectionTraffic {
  requests: number
  /** Chunks of decrypted bytes received. TLS alerts and the end of the stream are not chunks. */
  chunks: number
}

const bySocket = new WeakMap<object, ConnectionTraffic>()
let sending: ((traffic: ConnectionTraffic) => void) | undefined

/** Counts what is sent and received on this connection from now on. */
export function countTraffic(socket: Socket): void {
  const traffic: ConnectionTraffic = { requests: 0, chunks: 0 }
  bySocket.set(socket, traffic)
  const push = socket.push
  socket.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) traffic.chunks++
    return push.call(socket, chunk, encoding)
  }
}

/**
 * Calls back with the connection of the request that is started now. undici publishes it after `onRequestStart`, in the
 * same synchronous step (undici documentation, "Diagnostics Channel Support").
 */
export function onNextSend(callback: (traffic: ConnectionTraffic) => void): void {
  sending = callback
}

subscribe('undici:client:sendHeaders', (message) => {
  const traffic = bySocket.get((message as { socket: object }).socket)
  if (!traffic) return
  traffic.requests++
  sending?.(traffic)
  sending = undefined
})
