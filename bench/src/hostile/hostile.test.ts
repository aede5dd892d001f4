import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@whook/testing/test-database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSink } from '@whook/testing/sink'
import { startProduct } from '@whook/testing/product/start-product'
import { hostileInputs, type HostileCall, type HostileInput } from './hostile-inputs.js'
import { observe, type Observation } from './observe.js'
import { createSend } from './send-input.js'
import { createTargets } from './targets.js'

/** Long run: `HOSTILE_SIZES=4 npm test -- bench/src/hostile` tests each input at a quarter, half and full size. */
const sizes = Number(process.env['HOSTILE_SIZES'] ?? 1)
/** `HOSTILE_REPORT=1` prints the measurements of each input. */
const reports = process.env['HOSTILE_REPORT'] !== undefined
/** Maximum milliseconds that one input may delay another client, beyond the delay without the input. */
const delayMaxMs = 200
const attemptsMax = 3
/** Maximum growth of CPU time when the bytes double, and the CPU milliseconds below which growth is noise. */
const [growthMax, growthFloorMs] = [2.5, 150]

let watching: ReturnType<typeof observe>
let send: ReturnType<typeof createSend>
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  const database = await createTestDatabase()
  cleanups.push(database.drop)
  const sink = await createSink()
  cleanups.push(sink.close)
  const preload = [new URL('watch-loop.ts', import.meta.url).href]
  const product = await startProduct({ databaseUrl: database.url, env: { LOG_LEVEL: 'fatal' }, preload })
  cleanups.push(product.stop)
  watching = observe(product)
  cleanups.push(watching.stop)

  const targets = createTargets(product, sink.url)
  const { slug, webhookId } = await targets('pattern')
  const answer = await fetch(`http://127.0.0.1:${product.ports[0]}/${slug}`, { method: 'POST', body: '{}' })
  const { id: requestId } = (await answer.json()) as { id: string }
  async function settled(ofWebhook: string) {
    const open = () => database.sql<{ n: number }[]>`
      select count(*)::int as n from delivery
      where webhook_id = ${ofWebhook} and status in ('pending', 'delivering')`
    for (const until = performance.now() + 30_000; performance.now() < until; await sleep(20)) {
      if ((await open())[0]!.n === 0) return
    }
    throw new Error('The deliveries did not finish within 30 s')
  }
  await settled(webhookId)
  send = createSend({ product, targets, requestId, settled })
}, 300_000)
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup()
})

async function measure(input: HostileInput, call: HostileCall) {
  await watching.since()
  const status = await send(input, call)
  // Wait for a turn of each event loop, so that a block at the end is measured.
  await sleep(30)
  return { status, ...(await watching.since()) }
}

/** Returns the same call without its hostile part: its delays are the floor. */
const harmless = ({ method = 'POST' }: HostileCall): HostileCall =>
  method === 'GET' ? { method } : { body: '{}' }

/**
 * Returns the delays beyond the floor. If other processes used the CPU meanwhile, the delay is too long. Then the CPU
 * time of the main thread between two turns of its loop is shorter and correct: an input delays others only by this
 * CPU time.
 */
const delays = (seen: Observation, floor: Observation) => ({
  health: Math.min(seen.healthMs - floor.healthMs, seen.api.busyMs),
  api: Math.min(seen.api.delayMs - floor.api.delayMs, seen.api.busyMs),
  worker: Math.min(seen.worker.delayMs - floor.worker.delayMs, seen.worker.busyMs),
})

describe('one hostile input delays no other client', { timeout: 180_000 }, () => {
  it('has at least 60 inputs with distinct names', () => {
    const names = hostileInputs.map(({ name }) => name)
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it.each(hostileInputs)('$name', async (input) => {
    const cpuMs: number[] = []
    for (let size = sizes; size >= 1; size /= 2) {
      const call = input.make(Math.floor(input.bytes / size))
      for (let attempt = 1; ; attempt++) {
        const floor = await measure(input, harmless(call))
        const seen = await measure(input, call)
        const found = delays(seen, floor)
        if (reports)
          console.log(JSON.stringify({ input: input.name, size, found, status: seen.status, floor, seen }))
        const late = Object.entries(found).filter(([, ms]) => ms > delayMaxMs)
        if (late.length === 0) {
          cpuMs.push(seen.api.cpuMs + seen.worker.cpuMs)
          break
        }
        // Measure again, including the floor: another process may have used the CPU. The limit stays the same.
        if (attempt === attemptsMax) expect(Object.fromEntries(late)).toEqual({})
      }
    }
    const growth = cpuMs.slice(1).map((ms, at) => ({ ms, ratio: ms / cpuMs[at]! }))
    expect(growth.filter(({ ms, ratio }) => ms > growthFloorMs && ratio > growthMax)).toEqual([])
  })
})
