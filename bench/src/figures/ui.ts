import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from '@playwright/test'
import { startWhook, type Whook } from '@whook/testing/product/start-whook'
import { Histogram } from '../load/histogram.js'
import { findChromium } from '../../../scripts/testing/find-chromium.mjs'
import type { Figure } from '../report.js'
import { body } from './setting.js'

const clock = () => performance.timeOrigin + performance.now()
const rowsHeld = 10_000
const perSecond = 200

/** The record of ui-page.js. Times are milliseconds since 1970. */
interface PageRecord {
  /** By element id of the row; 0 until the row is painted. */
  painted: Record<string, number>
  socketClosedAt: number
  bannerAt: number
  /** Milliseconds between frames. */
  frames: number[]
  /** Milliseconds; 0 when no task took longer than 50. */
  longest: number
}

interface BenchWebhook {
  id: string
  url: string
}

/** Measures the waiting times of a user: the dashboard of the real product in a real browser. */
export async function uiFigures({ seconds }: { seconds: number }): Promise<Figure[]> {
  const executablePath = await findChromium()
  if (!executablePath) return []
  const whook = await startWhook()
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 860 } })
    await page.addInitScript({ path: fileURLToPath(new URL('ui-page.js', import.meta.url)) })
    await page.goto(whook.loginUrl)
    await page.getByRole('heading', { name: 'Webhooks' }).waitFor()
    return [
      await postToPainted(page, whook),
      ...(await manyRows(page, whook, seconds)),
      ...(await largeJson(page, whook)),
      ...(await lostServer(page, whook)),
    ]
  } finally {
    await browser.close()
    await whook.close()
  }
}

const newHook = (whook: Whook) => whook.api<BenchWebhook>('POST', '/webhooks', { name: 'Bench' })
const headers = { 'content-type': 'application/json' }
async function post({ url }: BenchWebhook, text: string | Uint8Array<ArrayBuffer> = new Uint8Array(body)) {
  const answer = await fetch(url, { method: 'POST', headers, body: text })
  return ((await answer.json()) as { id: string }).id
}
const seen = (page: Page) => page.evaluate('bench.seen') as Promise<PageRecord>
const rows = (page: Page) => page.getByRole('listbox').getByRole('option')
async function open(page: Page, whook: Whook, { id }: BenchWebhook) {
  await page.goto(`${whook.url}/webhooks/${id}`)
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor()
}

async function postToPainted(page: Page, whook: Whook): Promise<Figure> {
  const hook = await newHook(whook)
  await open(page, whook, hook)
  const sent = new Map<string, number>()
  for (let n = 0; n < 100; n++) {
    const at = clock()
    sent.set(await post(hook), at)
    await sleep(50)
  }
  await sleep(1000)
  const { painted } = await seen(page)
  const latencies = new Histogram()
  for (const [id, at] of sent) if (painted[`row-${id}`]) latencies.add(painted[`row-${id}`]! - at)
  return {
    name: 'POST to row painted, p95',
    ours: latencies.percentile(0.95),
    unit: 'ms',
    hold: { atMost: 100 },
    p50Ms: latencies.percentile(0.5),
    p99Ms: latencies.percentile(0.99),
    lost: [...sent.keys()].filter((id) => !painted[`row-${id}`]).length,
  }
}

async function manyRows(page: Page, whook: Whook, seconds: number): Promise<Figure[]> {
  const hook = await newHook(whook)
  const atOnce = 20
  for (let n = 0; n < rowsHeld; n += atOnce)
    await Promise.all(Array.from({ length: atOnce }, () => post(hook)))
  await open(page, whook, hook)
  await rows(page).first().waitFor()
  await page.evaluate(`bench.loadRows(${rowsHeld})`)
  await page.getByRole('button', { name: 'Follow new requests' }).click()
  await page.evaluate('bench.forget()')
  const calls: Promise<string>[] = []
  const from = clock()
  for (let n = 0; n < perSecond * seconds; n++) {
    calls.push(post(hook))
    await sleep(Math.max(0, from + (n * 1000) / perSecond - clock()))
  }
  const { frames } = await seen(page)
  await Promise.all(calls)
  const total = frames.reduce((sum, length) => sum + length, 0)
  const drawn = await rows(page).count()
  return [
    {
      name: `${rowsHeld} rows and ${perSecond} messages/s: frames`,
      ours: (frames.length * 1000) / total,
      unit: 'fps',
      hold: { atLeast: 55 },
      note: `${drawn} rows in the document`,
    },
    {
      name: `${rowsHeld} rows and ${perSecond} messages/s: longest frame`,
      ours: Math.max(...frames),
      unit: 'ms',
      hold: { atMost: 100 },
    },
  ]
}

async function largeJson(page: Page, whook: Whook): Promise<Figure[]> {
  const hook = await newHook(whook)
  const items = Array.from({ length: 40_000 }, (_, n) => ({
    id: n,
    name: `item ${n}`,
    tags: ['a', 'b'],
    note: 'x'.repeat(60),
  }))
  await post(hook, JSON.stringify(items))
  await open(page, whook, hook)
  await rows(page).first().click()
  const whole = page.getByRole('button', { name: 'Show the whole body' })
  await whole.waitFor()
  await page.evaluate('bench.forget()')
  const ms = (await page.evaluate(`bench.showWholeBody('item 0')`)) as number
  // Parsing after the first paint counts too.
  await sleep(2000)
  const { longest } = await seen(page)
  return [
    { name: '5 MB of JSON to the first paint of the tree', ours: ms, unit: 'ms', hold: { atMost: 800 } },
    { name: '5 MB of JSON: longest task', ours: longest, unit: 'ms', hold: { atMost: 200 } },
  ]
}

async function lostServer(page: Page, whook: Whook): Promise<Figure[]> {
  const hook = await newHook(whook)
  await open(page, whook, hook)
  await whook.kill()
  const banner = page.getByRole('alert').filter({ hasText: 'Not live' })
  await banner.waitFor()
  await sleep(200)
  const { socketClosedAt, bannerAt } = await seen(page)
  await whook.start()
  const back = clock()
  await banner.waitFor({ state: 'hidden' })
  const recovered = clock() - back
  return [
    { name: 'Socket lost to banner', ours: bannerAt - socketClosedAt, unit: 'ms', hold: { atMost: 1000 } },
    { name: 'Server back to recovered', ours: recovered, unit: 'ms', hold: { atMost: 3000 } },
  ]
}
