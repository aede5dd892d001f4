import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { timeoutMs } from './add-destinations.js'
import type { Random } from './random.js'

/** A delivery that a destination answered with 2xx. */
export interface SinkEntry {
  nonce: string
  lane: string
  place: number
  deliveryId: string
  /** Milliseconds of the monotonic clock. */
  at: number
}

/**
 * Three destinations in one server. /healthy always answers 200. /flaky fails at random by seed (500, 429, timeout,
 * reset). /ordered answers 200 and receives deliveries with an ordering key.
 */
export async function startSink(random: Random) {
  const entries: Record<'healthy' | 'flaky' | 'ordered', SinkEntry[]> = {
    healthy: [],
    flaky: [],
    ordered: [],
  }
  /** Arrival times at /flaky by delivery, with any response: they reveal a retry before its time. */
  const tries = new Map<string, number[]>()

  const server = createServer((incoming, outgoing) => {
    void readJson(incoming).then((body) => {
      const name = (incoming.url ?? '/').slice(1) as keyof typeof entries
      if (!body || !entries[name]) return void outgoing.writeHead(400).end()
      const [deliveryId, at] = [String(incoming.headers['webhook-id']), performance.now()]
      if (name === 'flaky') tries.set(deliveryId, [...(tries.get(deliveryId) ?? []), at])
      if (name === 'flaky' && misbehave(outgoing, random)) return
      entries[name].push({ ...body, deliveryId, at })
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
  return { port: (server.address() as AddressInfo).port, entries, tries, close }
}

function misbehave(outgoing: ServerResponse, random: Random): boolean {
  const chance = random.next()
  if (chance < 0.1) outgoing.writeHead(500).end('no')
  else if (chance < 0.12) outgoing.writeHead(429, { 'retry-after': '1' }).end()
  else if (chance < 0.125) outgoing.destroy()
  else if (chance < 0.13) setTimeout(() => outgoing.writeHead(200).end(), timeoutMs + 2000)
  else return false
  return true
}

type SentBody = Omit<SinkEntry, 'deliveryId' | 'at'>

async function readJson(incoming: IncomingMessage): Promise<SentBody | undefined> {
  try {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    return JSON.parse(Buffer.concat(chunks).toString()) as SentBody
  } catch {
    // The body is incomplete: the delivery is retried.
    return undefined
  }
}
