import { connect, type Socket } from 'node:net'
import { Histogram } from './histogram.js'
import { ResponseReader } from './response-reader.js'

export interface LoadOptions {
  port: number
  path: string
  body: Buffer
  connections: number
  seconds: number
  /** Requests per second over all connections. Default: each connection sends again after its response. */
  rate?: number
}

export interface LoadResult {
  /** Responses by status code; 0 counts connections that closed with a request in flight. */
  statuses: Record<number, number>
  accepted: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

/**
 * A closed-loop HTTP/1.1 client on raw sockets. One prebuilt request per connection is in flight, so the client costs
 * little compared with the server. With `rate` the requests are paced, and latency counts from the planned time.
 * Otherwise the waiting client hides a stall (coordinated omission).
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const message = buildRequest(options)
  const latencies = new Histogram()
  const statuses: Record<number, number> = {}
  const startedAt = performance.now()
  const endsAt = startedAt + options.seconds * 1000
  const paceMs = options.rate ? (1000 * options.connections) / options.rate : 0

  await Promise.all(
    Array.from({ length: options.connections }, (_, index) =>
      drive(options.port, message, {
        firstAt: startedAt + (paceMs * index) / options.connections,
        paceMs,
        endsAt,
        onAnswer: (status, ms) => {
          statuses[status] = (statuses[status] ?? 0) + 1
          latencies.add(ms)
        },
      }),
    ),
  )

  const accepted = statuses[202] ?? 0
  const seconds = (performance.now() - startedAt) / 1000
  return {
    statuses,
    accepted,
    perSecond: accepted / seconds,
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
  }
}

function buildRequest({ port, path, body }: LoadOptions): Buffer {
  const head =
    `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\n` +
    `user-agent: whook-bench\r\nx-event-id: evt_0123456789\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

interface DriveOptions {
  firstAt: number
  paceMs: number
  endsAt: number
  onAnswer: (status: number, ms: number) => void
}

function drive(
  port: number,
  message: Buffer,
  { firstAt, paceMs, endsAt, onAnswer }: DriveOptions,
): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const reader = new ResponseReader()
    let plannedAt = firstAt
    let inFlight = false
    let timer: NodeJS.Timeout | undefined

    const send = () => {
      if (!paceMs) plannedAt = performance.now()
      inFlight = true
      socket.write(message)
    }
    const next = () => {
      const now = performance.now()
      if (now >= endsAt) return void socket.end()
      if (!paceMs) return send()
      timer = setTimeout(send, Math.max(0, plannedAt - now))
    }

    socket.on('connect', next)
    socket.on('data', (chunk) => {
      for (const status of reader.push(chunk)) {
        inFlight = false
        onAnswer(status, performance.now() - plannedAt)
        plannedAt += paceMs
        next()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(timer)
      if (inFlight) onAnswer(0, performance.now() - plannedAt)
      resolve()
    })
  })
}
