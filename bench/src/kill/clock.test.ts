import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@whook/drizzle'
import { verifyLedger } from '@whook/drizzle/queries/ledger/verify-ledger'
import { createTestDatabase } from '@whook/testing/test-database'
import { idTime } from '@whook/runtime/ids'
import { request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { clockShiftsMs, createShiftableClock } from '@whook/testing/product/shiftable-clock'
import { startProduct } from '@whook/testing/product/start-product'

/** Requests to the shifted api after each shift of the clock. */
const callsPerShift = 25
/** Maximum error of the time in ids: the duration of one statement on a busy machine. */
const idErrorMs = 10_000

/** Rejects the first attempt of every fourth delivery: the worker schedules a retry, and the circuit stays closed. */
async function startReceiver() {
  const tries = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    incoming.resume()
    const id = String(incoming.headers['webhook-id'])
    tries.set(id, (tries.get(id) ?? 0) + 1)
    outgoing.writeHead(tries.get(id) === 1 && tries.size % 4 === 0 ? 500 : 200).end()
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

it('accepts and delivers everything when the clocks of api and worker jump', async () => {
  const database = await createTestDatabase()
  onTestFinished(database.drop)
  const clock = await createShiftableClock()
  onTestFinished(clock.remove)
  // Every process has the wrong clock. In the kill run only one process has it.
  const product = await startProduct({
    databaseUrl: database.url,
    env: { LOG_LEVEL: 'fatal', ...clock.env },
  })
  onTestFinished(product.stop)
  const [port] = product.ports

  const secret = `whsec_${randomBytes(24).toString('base64')}`
  const { id, slug } = await product.call<{ id: string; slug: string }>('POST', '/api/v1/webhooks', {
    name: 'clock',
  })
  await product.call('PATCH', `/api/v1/webhooks/${id}`, {
    verification: { provider: 'standard', secrets: [secret] },
    limits: { requestsPerSecond: 1000 },
  })
  const retry = { strategy: 'list', delaysSeconds: [1], attemptsMax: 5, maxAgeSeconds: 3600, jitter: 0 }
  await product.call('POST', `/api/v1/webhooks/${id}/destinations`, {
    name: 'receiver',
    url: await startReceiver(),
    retry,
  })
  /** Signed with the clock of the sender, which is correct. */
  async function post(): Promise<number> {
    const [name, at, body] = [randomBytes(8).toString('hex'), Math.floor(Date.now() / 1000), '{"a":1}']
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(`${name}.${at}.${body}`).digest('base64')
    const answer = await request(`http://127.0.0.1:${port}/${slug}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': name,
        'webhook-timestamp': String(at),
        'webhook-signature': `v1,${signature}`,
      },
    })
    await answer.body.dump()
    return answer.statusCode
  }

  const { sql } = database
  const days = async () => (await sql`select from pg_inherits`).length
  const before = await days()
  await sql`select ensure_partitions((now() at time zone 'UTC')::date - 40, (now() at time zone 'UTC')::date - 40)`
  const statuses: number[] = []
  for (const ms of clockShiftsMs) {
    await clock.shift(ms)
    await sleep(500)
    // Makes all maintenance due. Any worker may run it.
    await sql`update maintenance_task set due_at = now() - interval '1 second'`
    for (let call = 0; call < callsPerShift; call++) statuses.push(await post())
  }
  expect(statuses.filter((status) => status !== 202)).toEqual([])

  const settled = { timeout: 100_000, interval: 500 }
  const byStatus = async () => [...(await sql`select status, count(*)::int from delivery group by 1`)]
  await expect.poll(byStatus, settled).toEqual([{ status: 'delivered', count: statuses.length }])
  await sql`update maintenance_task set due_at = now() - interval '1 second'`
  // Only the day older than the retention is dropped.
  await expect.poll(days, settled).toBe(before)
  const rows = await sql<{ id: string; verification: string; received: number; now: number }[]>`
    select id, verification, extract(epoch from received_at)::float8 * 1000 as received,
      extract(epoch from now())::float8 * 1000 as now from webhook_request`
  expect(rows).toHaveLength(statuses.length)
  expect(rows.filter(({ verification }) => verification !== 'verified')).toEqual([])
  const ages = rows.flatMap((row) => [row.now - idTime(row.id), row.now - row.received])
  expect(Math.min(...ages)).toBeGreaterThan(-idErrorMs)
  expect(Math.max(...ages)).toBeLessThan(300_000 + idErrorMs)
  await using counting = connect(database.url, { poolSize: 1, name: 'test', statementTimeoutMs: 0 })
  expect(await verifyLedger(counting.sql)).toMatchObject({ missingBatches: 0, differences: [] })
}, 300_000)
