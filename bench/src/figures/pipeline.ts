import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '@whook/drizzle'
import { insertLoop } from '../floors/insert-loop.js'
import { recordingLoop } from '../floors/recording-loop.js'
import { startFloor } from '../floors/start-floor.js'
import { undiciLoop } from '../floors/undici-loop.js'
import { loadInProcess } from '../load/load-process.js'
import { startProcess, stopProcess } from '@whook/testing/product/start-product'
import type { Figure } from '../report.js'
import { body, startSetting, type Setting } from './setting.js'

/** Measures the requests per second that one worker stores from a backlog in Redis, against bare inserts. */
export async function storeFigure({ seconds }: { seconds: number }): Promise<Figure[]> {
  const setting = await startSetting('redis everysec', { workers: 0, env: { ACCEPT: 'queue' } })
  if (!setting) return []
  const { sql, close } = connect(setting.databaseUrl, { poolSize: 3, name: 'bench', statementTimeoutMs: 0 })
  try {
    const { accepted } = await loadInProcess({
      port: setting.product.ports[0]!,
      path: `/${setting.webhook.slug}`,
      body,
      connections: 64,
      seconds,
    })
    const rate = await withWorker(setting, () =>
      untilCount(accepted, () => countOf(sql, sql`webhook_request`)),
    )
    const floor = await insertLoop({ sql, body, seconds })
    return [
      {
        name: 'stored by one worker',
        ours: rate,
        unit: '/s',
        floor: { name: 'F4', value: floor },
        hold: { atLeast: 0.5 },
      },
    ]
  } finally {
    await close()
    await setting.stop()
  }
}

/**
 * Measures deliveries per second to a local sink: signed, guarded and recorded. First with the default settings of a
 * destination, then with a max concurrency of 1000.
 */
export async function deliveryFigure({ seconds }: { seconds: number }): Promise<Figure[]> {
  const defaults = await measureDeliveries({ seconds, limits: undefined })
  const wide = await measureDeliveries({ seconds, limits: { concurrency: 1000 } })
  const name = 'deliveries, one worker'
  return [
    {
      name: `${name}, default destination`,
      ours: defaults.rate,
      unit: '/s',
      floor: { name: 'concurrency 1000', value: wide.rate },
      hold: { atLeast: 0.7 },
    },
    {
      name: `${name}, concurrency 1000`,
      ours: wide.rate,
      unit: '/s',
      floor: { name: 'F3', value: wide.posts },
      hold: { atLeast: 0.5 },
    },
    {
      name: `${name}, beside a bare loop that records`,
      ours: wide.rate,
      unit: '/s',
      floor: { name: 'F6', value: wide.recorded },
      hold: { atLeast: 0.5 },
    },
  ]
}

interface DeliveryRun {
  seconds: number
  /** undefined: the defaults of the product. */
  limits: { concurrency: number } | undefined
}

/**
 * Measures the rate of one worker, and of its floors before and after it. The requests are stored before the worker
 * starts. The first deliveries are not counted: V8 still compiles the code.
 */
async function measureDeliveries({ seconds, limits }: DeliveryRun) {
  await using sink = await startFloor('sink')
  const setting = (await startSetting('embedded', { workers: 0 }))!
  const { sql, close } = connect(setting.databaseUrl, { poolSize: 4, name: 'bench', statementTimeoutMs: 0 })
  const { product, webhook } = setting
  try {
    const url = `http://127.0.0.1:${sink.port}/`
    await product.call('POST', `/api/v1/webhooks/${webhook.id}/destinations`, { url, limits })
    let accepted = 0
    for (const wanted = warmUp + seconds * 4000; accepted < wanted;) {
      const load = { port: product.ports[0]!, path: `/${webhook.slug}`, body, connections: 32, seconds: 1 }
      accepted += (await loadInProcess(load)).accepted
    }

    const load = { port: sink.port, body, concurrency: 64 }
    const floor = () => undiciLoop({ ...load, seconds })
    const recording = () => recordingLoop({ ...load, sql, count: seconds * 4000 })
    const before = { posts: await floor(), recorded: await recording() }
    const rate = await withWorker(setting, async () => {
      // Read the counters of the product: counting rows would slow down the measured PostgreSQL.
      const delivered = async () =>
        (await sql<{ n: number }[]>`select coalesce(sum(delivered), 0)::int as n from destination_minute`)[0]!
          .n
      await untilCount(warmUp, delivered)
      return untilCount(accepted, delivered)
    })
    return {
      rate,
      posts: (before.posts + (await floor())) / 2,
      recorded: (before.recorded + (await recording())) / 2,
    }
  } finally {
    await close()
    await setting.stop()
  }
}

const warmUp = 5000

async function withWorker<T>({ product }: Setting, run: () => Promise<T>): Promise<T> {
  const worker = await startProcess('worker', product.env)
  try {
    return await run()
  } finally {
    await stopProcess(worker)
  }
}

const limitMs = 120_000
const countOf = async (sql: Sql, what: ReturnType<Sql>) =>
  (await sql<{ n: number }[]>`select count(*)::int as n from ${what}`)[0]!.n

/** Returns the rate per second between the first count above 0 and the wanted count. */
async function untilCount(wanted: number, count: () => Promise<number>): Promise<number> {
  const deadline = performance.now() + limitMs
  let first: { n: number; at: number } | undefined
  for (;;) {
    const n = await count()
    const at = performance.now()
    if (n > 0) first ??= { n, at }
    if (n >= wanted || at > deadline)
      return first && at > first.at ? ((n - first.n) * 1000) / (at - first.at) : 0
    await sleep(100)
  }
}
