import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Sql } from '@whook/drizzle'
import { insertLoop } from '../floors/insert-loop.js'
import { startFloor } from '../floors/start-floor.js'
import { undiciLoop } from '../floors/undici-loop.js'
import { loadInProcess } from '../load/load-process.js'
import { startProcess, stopProcess } from '../product/start-product.js'
import type { Figure } from '../report.js'
import { body, startSetting, type Setting } from './setting.js'

/** Stored per second by one worker from a backlog in Redis, against bare inserts. */
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

/** Deliveries per second to a local sink from a backlog: signed, guarded, recorded. */
export async function deliveryFigure({ seconds }: { seconds: number }): Promise<Figure[]> {
  await using sink = await startFloor('sink')
  const setting = (await startSetting('embedded', { workers: 0 }))!
  const { sql, close } = connect(setting.databaseUrl, { poolSize: 1, name: 'bench', statementTimeoutMs: 0 })
  try {
    const url = `http://127.0.0.1:${sink.port}/`
    await setting.product.call('POST', `/api/v1/webhooks/${setting.webhook.id}/destinations`, {
      url,
      limits: { concurrency: 1000 },
    })
    const { accepted } = await loadInProcess({
      port: setting.product.ports[0]!,
      path: `/${setting.webhook.slug}`,
      body,
      connections: 32,
      seconds,
    })
    const delivered = () => countOf(sql, sql`delivery where status = 'delivered'`)
    const rate = await withWorker(setting, () => untilCount(accepted, delivered))
    const floor = await undiciLoop({ port: sink.port, body, concurrency: 64, seconds })
    return [
      {
        name: 'deliveries, one worker',
        ours: rate,
        unit: '/s',
        floor: { name: 'F3', value: floor },
        hold: { atLeast: 0.5 },
      },
    ]
  } finally {
    await close()
    await setting.stop()
  }
}

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

/** Rate from the first sign of work to the last one counted. */
async function untilCount(wanted: number, count: () => Promise<number>): Promise<number> {
  const deadline = performance.now() + limitMs
  let startedAt: number | undefined
  for (;;) {
    const n = await count()
    const now = performance.now()
    if (n > 0) startedAt ??= now
    if (n >= wanted || now > deadline) return (n * 1000) / (now - (startedAt ?? now - 1))
    await sleep(50)
  }
}
