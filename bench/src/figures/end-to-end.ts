import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@whook/drizzle'
import type { LiveServerFrame } from '@whook/shared'
import { request } from 'undici'
import { WebSocket } from 'ws'
import { Histogram } from '../load/histogram.js'
import type { Figure } from '../report.js'
import { body, sizes, startSetting, type Setting, type Size } from './setting.js'

const perSecond = 200
const settleMs = 2000
const lookEveryMs = 2
/** Number of rows in a quarter of a second. */
const reachBack = perSecond / 4

/** Measures the time from POST to committed row, and to the live message on a WebSocket, at 200 requests/s. */
export async function endToEndFigures({ seconds }: { seconds: number }): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const size of sizes.filter((name) => name !== 'redis always')) {
    const setting = await startSetting(size)
    if (!setting) continue
    try {
      await measure(setting, size, 2)
      figures.push(...(await measure(setting, size, seconds)))
    } finally {
      await setting.stop()
    }
  }
  return figures
}

async function measure(setting: Setting, size: Size, seconds: number): Promise<Figure[]> {
  const { product, webhook } = setting
  const port = product.ports[0]!
  const socket = await listen(setting)
  const rows = await watchRows(setting)
  const sentAt = new Map<string, number>()
  const calls: Promise<void>[] = []
  const startedAt = performance.now()
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    calls.push(post(port, webhook.slug, sentAt))
    await sleep(startedAt + ((sent + 1) * 1000) / perSecond - performance.now())
  }
  await Promise.all(calls)
  await sleep(settleMs)
  socket.close()
  const committedAt = await rows.stop()
  const figure = (name: string, seenAt: Map<string, number>, holdMs: number): Figure => ({
    name: `${name} at ${perSecond}/s, ${size}`,
    ...summary(sentAt, seenAt),
    unit: 'ms',
    hold: { atMost: holdMs },
  })
  return [
    figure('POST to row committed', committedAt, 10),
    figure('POST to WebSocket message', socket.seenAt, 15),
  ]
}

async function listen({ product }: Setting) {
  const socket = new WebSocket(`ws://localhost:${product.ports[0]}/ws`, {
    headers: { authorization: product.authorization },
  })
  await once(socket, 'open')
  const seenAt = new Map<string, number>()
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as LiveServerFrame
    if (!('messages' in frame)) return
    for (const message of frame.messages)
      if (message.type === 'request.stored') seenAt.set(message.request.id, performance.now())
  })
  return { seenAt, close: () => socket.close() }
}

/** Polls for new rows every few milliseconds. The interval is the maximum error of the figure. */
async function watchRows({ databaseUrl, webhook }: Setting) {
  const { sql, close } = connect(databaseUrl, { poolSize: 1, name: 'bench', statementTimeoutMs: 0 })
  const seenAt = new Map<string, number>()
  let watching = true
  const [newest] = await sql<{ id: string }[]>`
    select id from webhook_request where webhook_id = ${webhook.id} order by id desc limit 1`
  const before = newest?.id ?? '00000000-0000-0000-0000-000000000000'
  let recent: string[] = []
  async function look(after: string) {
    const rows = await sql<{ id: string }[]>`
      select id from webhook_request where webhook_id = ${webhook.id} and id > ${after}::uuid order by id`
    const now = performance.now()
    for (const { id } of rows) {
      if (seenAt.has(id)) continue
      seenAt.set(id, now)
      recent.push(id)
    }
  }
  const done = (async () => {
    let from = before
    while (watching) {
      await look(from)
      // Batches commit slightly out of order, so each poll repeats some ids. Reading many ids takes longer than
      // storing one.
      if (recent.length > 2 * reachBack) {
        recent = recent.slice(-reachBack)
        from = recent[0]!
      }
      await sleep(lookEveryMs)
    }
  })()
  return {
    async stop() {
      watching = false
      await done
      // A row committed too late for the polls is late, not lost.
      await look(before)
      await close()
      return seenAt
    },
  }
}

function summary(sentAt: ReadonlyMap<string, number>, seenAt: ReadonlyMap<string, number>) {
  const latencies = new Histogram()
  let lost = 0
  for (const [id, at] of sentAt) {
    const seen = seenAt.get(id)
    if (seen === undefined) lost++
    else latencies.add(seen - at)
  }
  const p50Ms = latencies.percentile(0.5)
  return { ours: p50Ms, p50Ms, p99Ms: latencies.percentile(0.99), lost }
}

async function post(port: number, slug: string, sentAt: Map<string, number>): Promise<void> {
  const at = performance.now()
  const answer = await request(`http://127.0.0.1:${port}/${slug}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  const { id } = (await answer.body.json()) as { id: string }
  sentAt.set(id, at)
}
