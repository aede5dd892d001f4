import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { WebSocket } from 'ws'
import type { LiveServerFrame } from '@whook/shared'
import { Histogram } from '../load/histogram.js'
import type { Figure } from '../report.js'
import { body, sizes, startSetting, type Setting, type Size } from './setting.js'

const perSecond = 200

/** From the POST to the message on a browser's socket, at 200 a second. */
export async function endToEndFigures({ seconds }: { seconds: number }): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const size of sizes.filter((name) => name !== 'redis always')) {
    const setting = await startSetting(size)
    if (!setting) continue
    try {
      figures.push(await measure(setting, size, seconds))
    } finally {
      await setting.stop()
    }
  }
  return figures
}

async function measure({ product, webhook }: Setting, size: Size, seconds: number): Promise<Figure> {
  const port = product.ports[0]!
  const socket = new WebSocket(`ws://localhost:${port}/ws`, {
    headers: { authorization: product.authorization },
  })
  await once(socket, 'open')
  const sentAt = new Map<string, number>()
  const seenAt = new Map<string, number>()
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as LiveServerFrame
    if (!('messages' in frame)) return
    for (const message of frame.messages)
      if (message.type === 'request.stored') seenAt.set(message.request.id, performance.now())
  })
  const calls: Promise<void>[] = []
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    calls.push(post(port, webhook.slug, sentAt))
    await sleep(1000 / perSecond)
  }
  await Promise.all(calls)
  await sleep(1000)
  socket.close()
  const latencies = new Histogram()
  for (const [id, at] of sentAt) if (seenAt.has(id)) latencies.add(seenAt.get(id)! - at)
  const lost = [...sentAt.keys()].filter((id) => !seenAt.has(id)).length
  const p50Ms = latencies.percentile(0.5)
  return {
    name: `POST to WebSocket message at ${perSecond}/s, ${size}`,
    ours: p50Ms,
    unit: 'ms',
    hold: { atMost: 15 },
    p50Ms,
    p99Ms: latencies.percentile(0.99),
    lost,
  }
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
