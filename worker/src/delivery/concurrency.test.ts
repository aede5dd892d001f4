import { seedQueue } from '@whook/testing/seed-delivery'
import { defaultDestinationLimits } from '@whook/shared'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createSink, status } from '@whook/testing/sink'
import { createEngineTest, startEngine } from '../testing/test-engine.js'

type Test = Awaited<ReturnType<typeof createEngineTest>>

const waiting = { timeout: 60_000, interval: 20 }
const open = async ({ sql }: Test, destinationId: string) =>
  (
    await sql<{ n: number }[]>`select count(*)::int as n from delivery
    where destination_id = ${destinationId} and status <> 'delivered'`
  )[0]!.n

describe('the max concurrency of a destination', { timeout: 120_000 }, () => {
  it('is not exceeded by two workers together', async () => {
    await using sink = await createSink((_, response) => void sleep(10).then(() => response.end('ok')))
    await using test = await createEngineTest()
    await using second = startEngine(test.url)
    const { destination } = await seedQueue(test, {
      count: 400,
      destination: { url: sink.url, limits: { concurrency: 5, ratePerSecond: null } },
    })
    for (const { engine } of [test, second]) engine.wake([destination.id])
    await vi.waitFor(async () => expect(await open(test, destination.id)).toBe(0), waiting)
    expect(sink.openMax).toBe(5)
    expect(new Set(sink.seen.map(({ headers }) => headers['webhook-id'])).size).toBe(400)
    expect(sink.seen).toHaveLength(400)
  })

  it('is shared by two workers when one alone cannot use it', async () => {
    await using sink = await createSink((_, response) => void sleep(500).then(() => response.end('ok')))
    await using test = await createEngineTest({ slots: 10 })
    await using second = startEngine(test.url, { slots: 10 })
    const { destination } = await seedQueue(test, {
      count: 60,
      destination: { url: sink.url, limits: { concurrency: 8, ratePerSecond: null } },
    })
    for (const { engine } of [test, second]) engine.wake([destination.id])
    await vi.waitFor(async () => expect(await open(test, destination.id)).toBe(0), waiting)
    expect(sink.openMax, 'one worker alone uses five').toBeGreaterThan(5)
    expect(sink.openMax).toBeLessThanOrEqual(8)
  })

  it('keeps at least a third of the throughput of 1000 when it has its default', async () => {
    await using sink = await createSink(status(200))
    await using test = await createEngineTest()
    const count = 600
    const msFor = async (concurrency: number) => {
      const limits = { concurrency, ratePerSecond: null }
      const { destination } = await seedQueue(test, { count, destination: { url: sink.url, limits } })
      const startedAt = performance.now()
      test.engine.wake([destination.id])
      await vi.waitFor(async () => expect(await open(test, destination.id)).toBe(0), waiting)
      return performance.now() - startedAt
    }
    await msFor(1000)
    const wideMs = await msFor(1000)
    expect(await msFor(defaultDestinationLimits.concurrency)).toBeLessThan(3 * wideMs)
  })
})

it('sends no more requests when a failing destination opens its circuit', async () => {
  await using sink = await createSink(status(500))
  await using test = await createEngineTest()
  const { destination } = await seedQueue(test, {
    count: 300,
    destination: { url: sink.url, limits: { concurrency: 5, ratePerSecond: null } },
  })
  test.engine.wake([destination.id])
  const circuit = async () => (await test.sql`select circuit from destination_state`)[0]?.['circuit']
  await vi.waitFor(async () => expect(await circuit()).toBe('open'), waiting)
  await sleep(1500)
  // Ten failures open the circuit. Four more attempts were in flight beside the tenth.
  expect(sink.seen.length).toBeLessThanOrEqual(14)
  const [held] = await test.sql`select count(*)::int as n from delivery where status = 'delivering'`
  expect(held).toEqual({ n: 0 })
})
