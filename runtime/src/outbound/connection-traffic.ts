import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

/** Counters of one connection since it was opened. */
export interface ConnectionTraffic {
  requests: number
  /** Received chunks of decrypted bytes, without TLS alerts and the end of the stream. */
  chunks: number
}

const bySocket = new WeakMap<object, ConnectionTraffic>()
/** Receives the connection of a request when the request is written to it. */
interface Sender {
  onSend: (traffic: ConnectionTraffic) => void
}

let sending: Sender | undefined

/** Starts the counters of this connection. */
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
 * Calls `onSend` with the connection of the request that starts now. undici publishes the connection after
 * `onRequestStart`, in the same synchronous step (undici documentation, "Diagnostics Channel Support").
 */
export function onNextSend(sender: Sender): void {
  sending = sender
}

subscribe('undici:client:sendHeaders', (message) => {
  const traffic = bySocket.get((message as { socket: object }).socket)
  if (!traffic) return
  traffic.requests++
  sending?.onSend(traffic)
  sending = undefined
})
