import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from './random.js'

/** One call that a destination answered with 2xx. */
export interface SinkEntry {
  nonce: string
  lane: string
  place: number
  deliveryId: string
}

/**
 * Three destinations in one server: /healthy always answers 200, /flaky fails as the seed says (500, hang, reset),
 * /ordered answers 200 and is fed through an ordering key.
 */
export async function startSink(random: Random) {
  const entries: Record<'healthy' | 'flaky' | 'ordered', SinkEntry[]> = {
    healthy: [],
    flaky: [],
    ordered: [],
  }

  const server = createServer((incoming, outgoing) => {
    void readJson(incoming).then((body) => {
      const name = (incoming.url ?? '/').slice(1) as keyof typeof entries
      if (!body || !entries[name]) return void outgoing.writeHead(400).end()
      if (name === 'flaky' && misbehave(outgoing, random)) return
      entries[name].push({ ...body, deliveryId: String(incoming.headers['webhook-id']) })
      outgoing.writeHead(200, { 'content-length': 2 }).end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { port: (server.address() as AddressInfo).port, entries, close }
}

function misbehave(outgoing: ServerResponse, random: Random): boolean {
  const chance = random.next()
  if (chance < 0.1) outgoing.writeHead(500).end('no')
  else if (chance < 0.12) outgoing.writeHead(429, { 'retry-after': '1' }).end()
  else if (chance < 0.125) outgoing.destroy()
  else if (chance < 0.13) setTimeout(() => outgoing.writeHead(200).end(), 5000)
  else return false
  return true
}

async function readJson(incoming: IncomingMessage): Promise<Omit<SinkEntry, 'deliveryId'> | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    return JSON.parse(Buffer.concat(chunks).toString()) as Omit<SinkEntry, 'deliveryId'>
  } catch {
    // Cut off half way: the sender will come again.
    return undefined
  }
}
