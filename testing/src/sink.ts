import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenCall {
  method: string
  url: string
  headers: NodeJS.Dict<string | string[]>
  body: Buffer
  at: number
}

type SinkAnswer = (call: SeenCall, response: ServerResponse, request: IncomingMessage) => void

/** Starts a test receiver: a real server on loopback that stores the requests it receives and answers with `answer`. */
export async function createSink(answer: SinkAnswer = (_, response) => response.end('ok')) {
  const seen: SeenCall[] = []
  let now = answer
  let open = 0
  let openMax = 0
  const server = createServer((request, response) => {
    openMax = Math.max(openMax, ++open)
    response.once('close', () => open--)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const call = { method, url, headers, body: Buffer.concat(chunks), at: performance.now() }
      seen.push(call)
      now(call, response, request)
    })
    request.on('error', () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    seen,
    get openMax() {
      return openMax
    },
    answerWith: (next: SinkAnswer) => void (now = next),
    close,
    [Symbol.asyncDispose]: close,
  }
}

export type Sink = Awaited<ReturnType<typeof createSink>>

export const status =
  (code: number, headers: Record<string, string> = {}, body = ''): SinkAnswer =>
  (_, response) =>
    response.writeHead(code, headers).end(body)
