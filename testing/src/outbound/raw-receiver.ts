import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Called when a request is complete. `request` counts the requests of the connection; both counts start at 1. */
type RawAnswer = (socket: Socket, request: number, connection: number) => void

/** The body of every request, after the empty line. */
export const requestBody = 'hi'
const endOfRequest = `\r\n\r\n${requestBody}`

/** Starts a server on loopback that answers with arbitrary bytes, HTTP or not. */
export async function createRawReceiver(answer: RawAnswer) {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const connection = ++connections
    let requests = 0
    let received = ''
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!received.endsWith(endOfRequest)) return
      received = ''
      answer(socket, ++requests, connection)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
