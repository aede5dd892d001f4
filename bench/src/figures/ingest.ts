import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@whook/drizzle'
import { startFloor } from '../floors/start-floor.js'
import { loadInProcess } from '../load/load-process.js'
import type { LoadResult } from '../load/http-load.js'
import type { Figure } from '../report.js'
import { interleave, median } from '../rounds.js'
import { body, sizes, startSetting, type Setting, type Size } from './setting.js'

const holdOf: Record<Size, number> = { embedded: 0.35, 'redis everysec': 0.65, 'redis always': 0.55 }
const settleMs = 60_000

/** Accepted and durable per second against a bare Fastify, one size after the other, each interleaved with the floor. */
export async function ingestFigures({
  rounds,
  seconds,
}: {
  rounds: number
  seconds: number
}): Promise<Figure[]> {
  const figures: Figure[] = []
  await using fastify = await startFloor('fastify')
  for (const size of sizes) {
    const setting = await startSetting(size)
    if (!setting) continue
    try {
      figures.push(...(await measure(setting, size, fastify.port, { rounds, seconds })))
    } finally {
      await setting.stop()
    }
  }
  return figures
}

async function measure(
  setting: Setting,
  size: Size,
  floorPort: number,
  { rounds, seconds }: { rounds: number; seconds: number },
) {
  const load = (port: number, path: string, connections: number) => () =>
    loadInProcess({ port, path, body, connections, seconds })
  const ours = setting.product.ports[0]!
  const path = `/${setting.webhook.slug}`
  await load(ours, path, 64)()
  const results = await interleave<LoadResult>(rounds, {
    floor: load(floorPort, '/', 64),
    ours: load(ours, path, 64),
    'floor, one': load(floorPort, '/', 1),
    'ours, one': load(ours, path, 1),
  })
  const of = (name: string, pick: (result: LoadResult) => number) => median(results[name]!.map(pick))
  const accepted = results['ours']!.concat(results['ours, one']!).reduce(
    (sum, result) => sum + result.accepted,
    0,
  )
  const floor = { name: 'F2', value: of('floor', ({ perSecond }) => perSecond) }
  const lost = await lostOf(setting, accepted)
  const figures: Figure[] = [
    {
      name: `accepted and durable, ${size}`,
      ours: of('ours', ({ perSecond }) => perSecond),
      unit: '/s',
      floor,
      hold: { atLeast: holdOf[size] },
      p50Ms: of('ours', ({ p50Ms }) => p50Ms),
      p99Ms: of('ours', ({ p99Ms }) => p99Ms),
      lost,
    },
    {
      name: `added at one connection, ${size}`,
      ours: of('ours, one', ({ p50Ms }) => p50Ms) - of('floor, one', ({ p50Ms }) => p50Ms),
      unit: 'ms',
      hold: { atMost: 2 },
    },
  ]
  if (size === 'redis everysec') {
    const floorP99 = of('floor', ({ p99Ms }) => p99Ms)
    figures.push({
      name: 'p99 of the answer at 64 connections, redis everysec',
      ours: of('ours', ({ p99Ms }) => p99Ms),
      unit: 'ms',
      floor: { name: "F2's p99", value: floorP99 },
      hold: { atMost: 2 },
    })
  }
  return figures
}

/** Acknowledged and not stored, once the queue is empty. The warm-up makes the stored ones more, never fewer. */
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
