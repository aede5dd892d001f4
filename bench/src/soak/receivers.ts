import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** The receivers one meets: each by its path, all in one server that remembers nothing. */
const answers: Record<string, Answer> = {
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
    // A sender that gives up on the hanging one is what is wanted.
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
