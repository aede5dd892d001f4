import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@whook/drizzle'
import { startFloor } from '../floors/start-floor.js'
import { xaddLoop } from '../floors/xadd-loop.js'
import type { LoadResult } from '../load/http-load.js'
import { loadInProcess } from '../load/load-process.js'
import { rssBytes } from '@whook/testing/product/process-usage'
import { startProcess, stopProcess } from '@whook/testing/product/start-product'
import type { Figure } from '../report.js'
import { interleave, median } from '../rounds.js'
import { body, sizes, startSetting, type Setting, type Size } from './setting.js'

interface IngestEffort {
  rounds: number
  seconds: number
}

const holdOf: Record<Size, number> = { embedded: 0.35, 'redis everysec': 0.65, 'redis always': 0.55 }
const connections = 64
const settleMs = 120_000
const warmUpSeconds = 3

/** Measures durably accepted requests per second against bare Fastify. Each size is interleaved with the floors. */
export async function ingestFigures(effort: IngestEffort): Promise<Figure[]> {
  await using fastify = await startFloor('fastify')
  await using nodeHttp = await startFloor('node-http')
  const figures: Figure[] = []
  for (const size of sizes) {
    // First the api without a worker, then with a worker on the same cores.
    const setting = await startSetting(size, { workers: 0 })
    if (!setting) continue
    try {
      figures.push(...(await measure(setting, size, { fastify, nodeHttp }, effort)))
    } finally {
      await setting.stop()
    }
  }
  return figures
}

async function measure(
  setting: Setting,
  size: Size,
  floors: Record<'fastify' | 'nodeHttp', { port: number }>,
  { rounds, seconds }: IngestEffort,
): Promise<Figure[]> {
  const load = (port: number, path: string, count: number) => () =>
    loadInProcess({ port, path, body, connections: count, seconds })
  const port = setting.product.ports[0]!
  const path = `/${setting.webhook.slug}`
  const warmUps = [
    await loadInProcess({ port, path, body, connections, seconds: warmUpSeconds }),
    await loadInProcess({ port: floors.fastify.port, path: '/', body, connections, seconds: warmUpSeconds }),
  ]
  const alone = await interleave<LoadResult>(rounds, {
    F1: load(floors.nodeHttp.port, '/', connections),
    F2: load(floors.fastify.port, '/', connections),
    ours: load(port, path, connections),
    'F2, one': load(floors.fastify.port, '/', 1),
    'ours, one': load(port, path, 1),
  })
  const rss = rssBytes(setting.product.apis[0]!.pid!)
  const worker = await startProcess('worker', setting.product.env)
  const beside = await interleave<LoadResult>(rounds, {
    F2: load(floors.fastify.port, '/', connections),
    ours: load(port, path, connections),
  })
  const ours = [...alone['ours']!, ...alone['ours, one']!, ...beside['ours']!, warmUps[0]!]
  const lost = await lostOf(
    setting,
    ours.reduce((sum, { accepted }) => sum + accepted, 0),
  )
  await stopProcess(worker)

  const of = (results: LoadResult[], pick: (result: LoadResult) => number) => median(results.map(pick))
  const perSecond = (results: LoadResult[]) => of(results, (result) => result.perSecond)
  const p50Ms = (results: LoadResult[]) => of(results, (result) => result.p50Ms)
  const p99Ms = (results: LoadResult[]) => of(results, (result) => result.p99Ms)
  const accepted = (results: Record<string, LoadResult[]>): Omit<Figure, 'name'> => ({
    ours: perSecond(results['ours']!),
    unit: '/s',
    floor: { name: 'F2', value: perSecond(results['F2']!) },
    p50Ms: p50Ms(results['ours']!),
    p99Ms: p99Ms(results['ours']!),
  })
  return [
    { name: `accepted and durable, ${size}`, ...accepted(alone), hold: { atLeast: holdOf[size] }, lost },
    { name: `accepted and durable beside a worker, same cores, ${size}`, ...accepted(beside), lost },
    {
      name: `p99 latency at ${connections} connections, ${size}`,
      ours: p99Ms(alone['ours']!),
      unit: 'ms',
      floor: { name: "F2's p99", value: p99Ms(alone['F2']!) },
      ...(size === 'redis everysec' ? { hold: { atMost: 2 } } : {}),
    },
    {
      name: `added latency at one connection, ${size}`,
      ours: p50Ms(alone['ours, one']!) - p50Ms(alone['F2, one']!),
      unit: 'ms',
      hold: { atMost: 2 },
    },
    { name: `api memory after the load, ${size}`, ours: rss / 2 ** 20, unit: 'MB', hold: { atMost: 250 } },
    ...(size === 'embedded'
      ? [{ name: 'F1, bare node:http', ours: perSecond(alone['F1']!), unit: '/s' }]
      : await xaddFigure(setting, size, seconds)),
  ]
}

async function xaddFigure({ redisUrl }: Setting, size: Size, seconds: number): Promise<Figure[]> {
  const value = await xaddLoop({ redisUrl: redisUrl!, body, seconds })
  return [{ name: `F5, pipelined XADD, ${size}`, ours: value, unit: '/s' }]
}

/** Returns the number of requests acknowledged and not stored when the queue is empty. */
async function lostOf({ databaseUrl, webhook }: Setting, accepted: number): Promise<number> {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'bench', statementTimeoutMs: 0 })
  const deadline = Date.now() + settleMs
  let before = -1
  for (;;) {
    const [row] = await sql<
      { n: number }[]
    >`select count(*)::int as n from webhook_request where webhook_id = ${webhook.id}`
    const still = row!.n === before
    before = row!.n
    if ((before >= accepted && still) || Date.now() > deadline) break
    await sleep(500)
  }
  await close()
  return Math.max(0, accepted - before)
}
