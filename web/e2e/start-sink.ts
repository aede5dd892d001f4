import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  headers: IncomingHttpHeaders
  body: Buffer
}

/**
 * Starts a receiver that stores its requests. `answers` holds the status codes of the next responses, then 200. With
 * `firstAttempts` only first attempts get them, so that no delivery fails twice: its next attempt is 5 minutes later.
 */
export async function startSink(answers: number[] = [], { firstAttempts = false } = {}) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => response.destroy())
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks) })
      const isRetry = request.headers['x-whook-attempt'] !== '1'
      const status = firstAttempts && isRetry ? 200 : (answers.shift() ?? 200)
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"seen":true}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answers,
    close: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  }
}
