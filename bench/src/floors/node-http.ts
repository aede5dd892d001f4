import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** F1: bare node:http that reads the body and answers 202. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    Buffer.concat(chunks)
    response.writeHead(202, { 'content-type': 'application/json', 'content-length': 21 })
    response.end('{"status":"accepted"}')
  })
})
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
process.on('disconnect', () => process.exit(0))
