import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type ReceiverAnswer = (request: IncomingMessage, response: ServerResponse) => void

/** Typical destinations by path, all in one stateless server. */
const answers: Record<string, ReceiverAnswer> = {
  '/healthy': (_, response) => response.end('ok'),
  '/filtered': (_, response) => response.end('ok'),
  '/slow': (_, response) => void setTimeout(() => response.end('ok'), 700),
  '/broken': (_, response) => response.writeHead(500).end('no'),
  '/busy': (_, response) => response.writeHead(429, { 'retry-after': '1' }).end(),
  '/hanging': () => {},
  '/reset': (request) => request.socket.resetAndDestroy(),
}

export async function startReceivers() {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => answers[request.url ?? '']?.(request, response))
    // The sender is expected to abort requests to /hanging.
    request.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
