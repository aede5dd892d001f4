import { connect, type Sql } from '@whook/drizzle'
import { dropExpiredPartitions } from '@whook/drizzle/maintenance/partitions'
import type { Figure } from '../report.js'
import { median } from '../rounds.js'
import { loadInProcess } from '../load/load-process.js'
import { seedDeliveries } from '../seed/seed-deliveries.js'
import { seedRequests } from '../seed/seed-requests.js'
import { body, startSetting, type Setting } from './setting.js'

const asked = 61

const seededDays = 20
const loadSeconds = 4
const expiredDayRows = 1_000_000
/** Webhooks with seeded deliveries: a tenth as many as the requests. */
const deliveringWebhooks = 20

interface ManyRowsOptions {
  rows: number
  say: (line: string) => void
}

/** Measures lists, one request and accepting with few and with many rows, and the time to drop an expired day. */
export async function manyRowsFigures({ rows, say }: ManyRowsOptions): Promise<Figure[]> {
  const setting = (await startSetting('embedded'))!
  const { sql, close } = connect(setting.databaseUrl, { poolSize: 1, name: 'bench', statementTimeoutMs: 0 })
  const lanes = await makeLanes(setting)
  const seed = async (count: number, days: number) => {
    await seedRequests({ sql, webhookId: setting.webhook.id, rows: count, days })
    await seedDeliveries({ sql, lanes, rows: count / 10, days })
    await catchUp(sql)
  }
  try {
    await acceptRate(setting)
    const emptyRate = await acceptRate(setting)
    await seed(10_000, 1)
    const few = await askAll(setting)
    say(`Storing ${rows.toLocaleString('en-US')} rows`)
    await seed(rows, seededDays)
    const many = await askAll(setting)
    const label = `${rows / 1e6} million stored`
    const reads = Object.keys(many).map((name) => ({
      name: `${name}, ${label}`,
      ours: many[name]!,
      unit: 'ms',
      floor: { name: 'with 10,000', value: few[name]! },
      hold: { atMost: 1.5 },
    }))
    const fullRate = await acceptRate(setting)
    return [
      ...reads,
      {
        name: `accepted with ${label}`,
        ours: fullRate,
        unit: '/s',
        floor: { name: 'with none', value: emptyRate },
        hold: { atLeast: 0.9 },
      },
      ...(await retentionFigures(setting, sql, Math.min(rows, expiredDayRows))),
    ]
  } finally {
    await close()
    await setting.stop()
  }
}

async function makeLanes({ product }: Setting) {
  const lanes: { webhookId: string; destinationId: string }[] = []
  for (let n = 0; n < deliveringWebhooks; n++) {
    const { id: webhookId } = await product.call<{ id: string }>('POST', '/api/v1/webhooks', {
      name: `Delivering ${n}`,
    })
    const { id: destinationId } = await product.call<{ id: string }>(
      'POST',
      `/api/v1/webhooks/${webhookId}/destinations`,
      { url: 'http://127.0.0.1:8080/' },
    )
    lanes.push({ webhookId, destinationId })
  }
  return lanes
}

/** Vacuums and writes a checkpoint after seeding: otherwise PostgreSQL does both during the measurement. */
async function catchUp(sql: Sql) {
  await sql`vacuum (analyze)`
  await sql`checkpoint`
}

async function acceptRate({ product, webhook }: Setting): Promise<number> {
  const path = `/${webhook.slug}`
  const rates: number[] = []
  for (let round = 0; round < 3; round++) {
    const load = { port: product.ports[0]!, path, body, connections: 64, seconds: loadSeconds }
    rates.push((await loadInProcess(load)).perSecond)
  }
  return median(rates)
}

/** Measures dropping an expired day while requests are received. */
async function retentionFigures(setting: Setting, sql: Sql, rows: number): Promise<Figure[]> {
  const daysAgo = 40
  await seedRequests({
    sql,
    webhookId: setting.webhook.id,
    rows,
    days: 1,
    endsAtMs: Date.now() - daysAgo * 86_400_000,
  })
  const before = await acceptRate(setting)
  const during = acceptRate(setting)
  const startedAt = performance.now()
  const { dropped, tries } = await dropWhenItsTurn(sql)
  const dropMs = performance.now() - startedAt
  const label = `a day with ${rows / 1e6} million`
  return [
    {
      name: `retention of ${label}`,
      ours: dropMs,
      unit: 'ms',
      hold: { atMost: 1000 },
      ...(dropped.length === 0 ? { note: 'nothing was dropped' } : {}),
      ...(tries > 1 ? { note: `in ${tries} attempts` } : {}),
    },
    {
      name: `accepted while dropping ${label}`,
      ours: await during,
      unit: '/s',
      floor: { name: 'before it', value: before },
      hold: { atLeast: 0.9 },
    },
  ]
}

/** Like the worker: a drop that gets no lock within a second is aborted and attempted again. */
async function dropWhenItsTurn(sql: Sql) {
  const lockTimeout = '55P03'
  for (let tries = 1; ; tries++) {
    try {
      return { dropped: await dropExpiredPartitions(sql, seededDays + 10), tries }
    } catch (error) {
      if ((error as { code?: string }).code !== lockTimeout || tries === 10) throw error
    }
  }
}

async function askAll({ product, webhook }: Setting): Promise<Record<string, number>> {
  const list = `/api/v1/webhooks/${webhook.id}/requests?limit=50`
  const { items } = await product.call<{ items: { id: string }[] }>('GET', list)
  const paths = {
    'first page': list,
    'first page, by method': `${list}&method=DELETE`,
    'first page, by status': `${list}&status=none`,
    'first page of all deliveries': '/api/v1/deliveries?limit=50',
    'first page of all dead ones': '/api/v1/deliveries?limit=50&status=dead',
    'one request': `/api/v1/requests/${items[0]!.id}`,
  }
  const found: Record<string, number> = {}
  for (const [name, path] of Object.entries(paths)) {
    // Two unmeasured requests: they fill the plan and page caches.
    for (let n = 0; n < 2; n++) await product.call('GET', path)
    const times: number[] = []
    for (let n = 0; n < asked; n++) {
      const at = performance.now()
      await product.call('GET', path)
      times.push(performance.now() - at)
    }
    found[name] = median(times)
  }
  return found
}
