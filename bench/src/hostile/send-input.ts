import { connect } from 'node:net'
import { Agent, request } from 'undici'
import WebSocket from 'ws'
import type { Product } from '@whook/testing/product/start-product'
import type { HostileCall, HostileInput } from './hostile-inputs.js'
import type { createTargets, Target } from './targets.js'

interface SendInputDeps {
  product: Product
  targets: ReturnType<typeof createTargets>
  /** Id of a stored request for the routes. */
  requestId: string
  /** Resolves when no delivery of the webhook is pending. */
  settled: (webhookId: string) => Promise<void>
}

const dispatcher = new Agent({ pipelining: 0, maxHeaderSize: 64 * 1024 })

/** Sends one input. Resolves to the HTTP status, if any, when api and worker have processed it. */
export function createSend({ product, targets, requestId, settled }: SendInputDeps) {
  const port = product.ports[0]!
  const base = `http://127.0.0.1:${port}`
  const host = `localhost:${port}`

  async function send(input: HostileInput, call: HostileCall): Promise<number> {
    const { to } = input
    if ('socket' in to) return raw(port, String(call.body))
    if ('frames' in to) return frames(call)
    if ('hook' in to) {
      const target = await targets(to.hook)
      const status = await post(`${base}/${target.slug}${call.target ?? ''}`, call, target.headers)
      await settled(target.webhookId)
      return status
    }
    const [method, path] = named(to.route, await targets('pattern'))
    const key: [string, string][] = to.signedIn ? [['authorization', product.authorization]] : []
    return post(`${base}${path}${call.target ?? ''}`, { method, ...call }, key)
  }

  const named = (route: string, { webhookId, destinationId }: Target) =>
    route
      .replace(':webhookId', webhookId)
      .replace(':destinationId', destinationId)
      .replace(':requestId', requestId)
      .split(' ') as [string, string]

  async function post(
    url: string,
    { method = 'POST', headers = [], body }: HostileCall,
    own: [string, string][],
  ) {
    const replaced = new Set(headers.map(([name]) => name))
    const all = [['host', host], ...own.filter(([name]) => !replaced.has(name.toLowerCase())), ...headers]
    const answer = await request(url, {
      dispatcher,
      method: method as 'POST',
      headers: all.flat() as string[],
      body: method === 'GET' ? undefined : body,
    })
    await answer.body.dump()
    return answer.statusCode
  }

  function frames({ body }: HostileCall): Promise<number> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://${host}/ws`, { headers: { authorization: product.authorization } })
      socket.on('error', reject)
      socket.on('message', () => {
        for (let n = 0; n < 50; n++) socket.send(String(body))
        socket.once('pong', () => socket.close())
        socket.ping()
      })
      socket.on('close', () => resolve(101))
    })
  }
  return send
}

/** Resolves to 0 when the api closes the connection or sends nothing for 200 ms. */
function raw(port: number, bytes: string): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(Buffer.from(bytes, 'latin1')))
    const end = () => {
      socket.destroy()
      resolve(0)
    }
    socket.setTimeout(200, end)
    socket.on('data', () => {})
    socket.on('close', end)
    socket.on('error', end)
  })
}
