import { connect } from '@whook/drizzle'
import { seedQueue } from '@whook/testing/seed-delivery'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createSink } from '@whook/testing/sink'
import { startEngine } from '@whook/worker/testing/test-engine'
import { startCrashablePostgres } from '@whook/testing/product/crashable-postgres'

const leaseSeconds = 3

it('sends nothing twice when PostgreSQL is down for longer than a lease', { timeout: 180_000 }, async () => {
  const database = await startCrashablePostgres()
  onTestFinished(database.stop)
  // Slow responses, so that attempts are in flight when the outage begins and end during the outage.
  const sink = await createSink((_, response) => void sleep(2000).then(() => response.end('ok')))
  onTestFinished(sink.close)
  const workers = Array.from({ length: 3 }, () => startEngine(database.url, { leaseSeconds, slots: 20 }))
  for (const worker of workers) onTestFinished(worker.close)
  const client = connect(database.url, { poolSize: 2, name: 'test' })
  onTestFinished(client.close)

  const count = 150
  const { destination } = await seedQueue(client, {
    count,
    destination: { url: sink.url, timeoutMs: 30_000, limits: { concurrency: 1000, ratePerSecond: null } },
  })
  for (const { engine } of workers) engine.wake([destination.id])
  await vi.waitFor(() => expect(sink.seen.length).toBeGreaterThan(20), { timeout: 30_000 })
  await database.halt((leaseSeconds + 3) * 1000)

  const open = async () =>
    (
      await client.sql<{ n: number }[]>`select count(*)::int as n from delivery where status <> 'delivered'`
    )[0]!.n
  await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 90_000, interval: 200 })
  const calls = new Map<string, number>()
  for (const { headers } of sink.seen) {
    const id = String(headers['webhook-id'])
    calls.set(id, (calls.get(id) ?? 0) + 1)
  }
  expect([...calls].filter(([, times]) => times > 1)).toEqual([])
  expect(calls.size).toBe(count)
  expect(await client.sql`select * from attempt where outcome <> 'delivered'`).toHaveLength(0)
  expect(workers.map((worker) => worker.reclaimed())).toEqual([0, 0, 0])
})
