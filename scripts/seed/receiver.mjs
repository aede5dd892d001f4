import { once } from 'node:events'
import { createServer } from 'node:http'

/** Responses of the sample destinations, by the first part of the path. All others return 200. */
const answers = {
  slow: (response) => void setTimeout(() => response.end('ok'), 1500),
  unstable: (response, number) =>
    number % 3 === 0 ? response.writeHead(503, { 'retry-after': '2' }).end('overloaded') : response.end('ok'),
  broken: (response) =>
    response.writeHead(500, { 'content-type': 'text/plain' }).end('TypeError: no such table'),
  gone: (response) => response.writeHead(410).end(),
}

/** Starts the receiver of the sample destinations on a free port of this machine. */
export async function startReceiver() {
  let calls = 0
  const server = createServer((request, response) => {
    calls++
    request.resume()
    request.once('end', () => {
      const answer = answers[request.url?.split(/[/?]/)[1] ?? '']
      if (answer) answer(response, calls)
      else response.end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Number of requests received so far. */
    calls: () => calls,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
