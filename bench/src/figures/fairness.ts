import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { Histogram } from '../load/histogram.js'
import { loadInProcess } from '../load/load-process.js'
import { callAs, makeUsers, type User } from '@whook/testing/product/make-users'
import type { Figure } from '../report.js'
import { body, startSetting, type Setting } from './setting.js'

const perSecond = 20
const hangingWanted = 10_000
const settleMs = 3000

/** Measures the delay of one user's deliveries while the destination of another user never answers. */
export async function fairnessFigures({ seconds }: { seconds: number }): Promise<Figure[]> {
  const setting = (await startSetting('embedded'))!
  const [healthy, hanging] = [await startArrivals(), await startHanging()]
  try {
    const [ann, bob] = (await makeUsers(setting, 2)) as [User, User]
    await addDestination(setting, ann, healthy.port)
    await addDestination(setting, bob, hanging.port)
    await arrivalLatencies(setting, ann, healthy, 2)
    const alone = await arrivalLatencies(setting, ann, healthy, seconds)
    const queued = await fill(setting, bob)
    await sleep(settleMs)
    const beside = await arrivalLatencies(setting, ann, healthy, seconds)
    return [
      {
        name: `POST to arrival, p99, beside ${queued} deliveries of another user that hang`,
        ours: beside.latencies.percentile(0.99),
        unit: 'ms',
        floor: { name: 'alone', value: alone.latencies.percentile(0.99) },
        hold: { atMost: 2 },
        p50Ms: beside.latencies.percentile(0.5),
        p99Ms: beside.latencies.percentile(0.99),
        lost: alone.lost + beside.lost,
      },
    ]
  } finally {
    await setting.stop()
    healthy.stop()
    hanging.stop()
  }
}

const addDestination = ({ product }: Setting, { authorization, webhookId }: User, port: number) =>
  callAs(authorization, `http://localhost:${product.ports[0]}/api/v1/webhooks/${webhookId}/destinations`, {
    url: `http://127.0.0.1:${port}/`,
    limits: { concurrency: 1000 },
  })

async function fill({ product }: Setting, { slug }: User): Promise<number> {
  let accepted = 0
  while (accepted < hangingWanted) {
    const load = { port: product.ports[0]!, path: `/${slug}`, body, connections: 32, seconds: 1 }
    accepted += (await loadInProcess(load)).accepted
  }
  return accepted
}

async function arrivalLatencies({ product }: Setting, { slug }: User, sink: Arrivals, seconds: number) {
  const sentAt = new Map<string, number>()
  const calls: Promise<void>[] = []
  const startedAt = performance.now()
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    calls.push(post(`http://127.0.0.1:${product.ports[0]}/${slug}`, sentAt))
    await sleep(startedAt + ((sent + 1) * 1000) / perSecond - performance.now())
  }
  await Promise.all(calls)
  await sleep(settleMs)
  const latencies = new Histogram()
  let lost = 0
  for (const [id, at] of sentAt) {
    const arrived = sink.at.get(id)
    if (arrived === undefined) lost++
    else latencies.add(arrived - at)
  }
  return { latencies, lost }
}

async function post(url: string, sentAt: Map<string, number>): Promise<void> {
  const at = performance.now()
  const answer = await request(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  sentAt.set(((await answer.body.json()) as { id: string }).id, at)
}

interface Arrivals {
  port: number
  /** Arrival time of each request, by request id. */
  at: Map<string, number>
  stop: () => void
}

async function startArrivals(): Promise<Arrivals> {
  const at = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    at.set(String(incoming.headers['x-whook-request-id']), performance.now())
    incoming.resume()
    outgoing.end('ok')
  })
  return { at, ...(await listen(server)) }
}

const startHanging = () => listen(createServer((incoming) => void incoming.resume()))

async function listen(server: Server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const stop = () => (server.close(), server.closeAllConnections())
  return { port: (server.address() as AddressInfo).port, stop }
}
