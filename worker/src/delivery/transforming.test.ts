import { deliverAnyway } from '@whook/drizzle/queries/delivery/steer-delivery'
import { seedQueue } from '@whook/testing/seed-delivery'
import { limits } from '@whook/shared'
import { createSandbox } from '@whook/runtime/sandbox/sandbox'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { createSink, status } from '@whook/testing/sink'
import { createEngineTest } from '../testing/test-engine.js'
import type { Transform } from './build-outbound-request.js'

const sandbox = createSandbox({ threads: 2 })
afterAll(() => sandbox.close())

type Overrides = Parameters<typeof seedQueue>[1]

const quickly = {
  strategy: 'list' as const,
  delaysSeconds: [0],
  jitter: 0,
  attemptsMax: 2,
  baseSeconds: 1,
  factor: 2,
  maxDelaySeconds: 1,
  maxAgeSeconds: 3600,
}

/** Delivers one stored request to a real server, with the real engine and real scripts. */
async function deliver(overrides: Overrides, transform: Transform = sandbox.run) {
  const sink = await createSink(status(200))
  const test = await createEngineTest({ transform })
  const destination = { url: sink.url, retry: quickly, ...overrides?.destination }
  const queue = await seedQueue(test, { ...overrides, destination })
  test.engine.wake([queue.destination.id])
  const row = async () =>
    (
      await test.sql`select status, reason, attempts, crashes from delivery where id = ${queue.deliveryId}`
    )[0]!
  return {
    ...test,
    queue,
    seen: sink.seen,
    attempts: () => test.sql`select * from attempt where delivery_id = ${queue.deliveryId} order by number`,
    async ends(expected: string) {
      await vi.waitFor(async () => expect((await row())['status']).toBe(expected), { timeout: 10_000 })
      return row()
    },
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]()
      await sink.close()
    },
  }
}

describe('delivery with scripts', () => {
  it("runs the webhook's script, then the destination's, and stores their console", async () => {
    await using test = await deliver({
      bodies: ['{"price":1.10}'],
      webhook: {
        script: `function transform(data) {
          console.log('first', data.price)
          return output({ body: { cents: data.price * 100 }, headers: { 'X-A': 'one', 'X-B': 'one' }, query: 'b=2' })
        }`,
      },
      destination: {
        script: `const transform = (data, request) => {
          console.warn('second', request.query.b)
          return output({ body: { ...data, seen: true }, headers: { 'x-b': 'two' } })
        }`,
      },
    })
    await test.ends('delivered')
    const [call] = test.seen
    expect(call!.url).toBe('/?b=2')
    expect(JSON.parse(call!.body.toString())).toEqual({ cents: 110.00000000000001, seen: true })
    expect(call!.headers).toMatchObject({ 'content-type': 'application/json', 'x-a': 'one', 'x-b': 'two' })
    const [attempt] = await test.attempts()
    expect(attempt!['console']).toEqual([
      { level: 'log', text: 'first 1.1' },
      { level: 'warn', text: 'second 2' },
    ])
  })

  it('filters the delivery without an attempt when a script returns null', async () => {
    await using test = await deliver({ webhook: { script: 'const transform = () => null' } })
    const { reason } = await test.ends('filtered')
    expect(reason).toBe("The webhook's script returned null")
    expect(test.seen).toHaveLength(0)
    expect(await test.attempts()).toHaveLength(0)
  })

  it('skips the filter but runs the script when a filtered delivery is sent anyway', async () => {
    const filter = { field: 'method', equals: 'DELETE' }
    await using test = await deliver({
      webhook: { script: 'const transform = () => "transformed"' },
      destination: { filter },
    })
    expect((await test.ends('filtered')).reason).toBe('The filter did not match')
    const { webhook, deliveryId, destination } = test.queue
    await deliverAnyway(test.sql, { userId: webhook.userId, deliveryId })
    test.engine.wake([destination.id])
    await test.ends('delivered')
    expect(test.seen.map(({ body }) => body.toString())).toEqual(['transformed'])
  })

  it.each([
    ['throws', 'function transform(data) {\n  console.log(1)\n  return data.a.b\n}', 'line 3'],
    ['loops', '\nfunction transform(data) {\n  for (;;) data.n++\n}', 'line 2'],
    ['cannot be parsed', 'function transform( {', 'line 1'],
    ['returns nothing', 'function transform() {}', 'returned nothing'],
    ['returns a value without JSON form', 'const transform = () => () => {}', 'cannot be converted to JSON'],
  ])('retries, then ends dead and sends nothing when a script %s', async (_, script, place) => {
    await using test = await deliver({ destination: { script } })
    const { reason } = await test.ends('dead')
    expect(reason).toMatch(/^Given up after 2 attempts: The destination's script failed: /)
    expect(reason).toContain(place)
    expect(test.seen).toHaveLength(0)
    expect(await test.attempts()).toMatchObject([
      { outcome: 'script', status_code: null, request_body_size: 0, error: expect.stringContaining(place) },
      { outcome: 'script' },
    ])
  })

  it('delivers when a script is fixed between two attempts', async () => {
    const slowly = { ...quickly, delaysSeconds: [2], attemptsMax: 5 }
    await using test = await deliver({ webhook: { script: 'nope()' }, destination: { retry: slowly } })
    await test.ends('retrying')
    await test.sql`update webhook set script = 'const transform = () => "mended"'`
    test.engine.settingsChanged([test.queue.webhook.id])
    await test.ends('delivered')
    expect(test.seen.map(({ body }) => body.toString())).toEqual(['mended'])
  })

  it('gives up after three attempts when the script fails each time', async () => {
    const patient = { ...quickly, attemptsMax: 50 }
    await using test = await deliver({ webhook: { script: 'nope()' }, destination: { retry: patient } })
    const row = await test.ends('dead')
    expect(row['attempts']).toBe(limits.scriptAttemptsMax)
    expect(row['reason']).toMatch(
      /^Given up after 3 attempts: .*nope.*Fix the script, then retry the delivery$/,
    )
  })

  it('ends dead before the last attempt when a script crashes its sandbox each time', async () => {
    const patient = { ...quickly, attemptsMax: 50 }
    const error = { kind: 'crash' as const, message: 'its process ended', line: null, column: null }
    await using test = await deliver(
      { webhook: { script: 'x' }, destination: { retry: patient } },
      async () => ({ kind: 'error', error, logs: [], durationMs: 1 }),
    )
    const row = await test.ends('dead')
    expect(row['attempts']).toBe(limits.crashesMax)
    expect(row['reason']).toContain('its process ended')
  })

  it("delivers the requests of one user when another user's scripts loop", async () => {
    await using sink = await createSink(status(200))
    await using test = await createEngineTest({ transform: sandbox.run })
    const destination = { url: sink.url, retry: { ...quickly, attemptsMax: 1 } }
    const hang = 'function transform() { const a = []; a[4294967294] = 1; a.sort() }'
    const bad = await seedQueue(test, { count: 8, webhook: { script: hang }, destination })
    const good = await seedQueue(test, {
      webhook: { script: 'const transform = (data) => data' },
      destination,
    })
    test.engine.wake([bad.destination.id, good.destination.id])
    const states = async (webhookId: string) =>
      (await test.sql`select distinct status from delivery where webhook_id = ${webhookId}`).map(
        (row) => row['status'] as string,
      )
    await vi.waitFor(async () => expect(await states(good.webhook.id)).toEqual(['delivered']), {
      timeout: 10_000,
    })
    expect(await states(bad.webhook.id)).not.toEqual(['dead'])
    await vi.waitFor(async () => expect(await states(bad.webhook.id)).toEqual(['dead']), { timeout: 20_000 })
  })
})
