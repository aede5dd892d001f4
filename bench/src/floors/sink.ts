import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * Sink of the deliveries: counts all requests and distinct `webhook-id`s, answers 200, returns the counts on GET
 * /counts.
 */
const ids = new Set<string>()
let calls = 0
const server = createServer((request, response) => {
  if (request.url === '/counts') {
    response.end(JSON.stringify({ calls, distinct: ids.size }))
    return
  }
  calls++
  const id = request.headers['webhook-id']
  if (typeof id === 'string') ids.add(id)
  request.resume()
  request.on('end', () => response.writeHead(200, { 'content-length': 2 }).end('ok'))
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
