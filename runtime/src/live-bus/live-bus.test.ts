import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase } from '@whook/testing/test-database'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ControlMessage, LiveEnvelope } from '@whook/shared'
import { createLiveBus, type LiveBus } from './live-bus.js'

const waiting = { timeout: 20_000 }
const redisUrl = process.env['REDIS_URL']
const logger = { warn: vi.fn() }
type OpenedBus = { databaseUrl: string; prefix: string }
const deleted = (requestId: string): LiveEnvelope['messages'][number] => ({
  type: 'request.deleted',
  webhookId: 'w',
  requestId,
})

describe.each([
  { name: 'postgres' as const, available: true },
  { name: 'redis' as const, available: Boolean(redisUrl) },
])('live bus on $name', ({ name, available }) => {
  const cleanups: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function openTwo(): Promise<[LiveBus, LiveBus, OpenedBus]> {
    const database = await createTestDatabase()
    cleanups.push(database.drop)
    const options = {
      databaseUrl: database.url,
      redisUrl: name === 'redis' ? redisUrl : undefined,
      logger,
      prefix: `test_${randomBytes(6).toString('hex')}`,
    }
    const buses: [LiveBus, LiveBus] = [createLiveBus(options), createLiveBus(options)]
    for (const bus of buses) cleanups.push(bus.close)
    return [...buses, options]
  }

  function listener() {
    const [live, control, gap] = [[] as LiveEnvelope[], [] as ControlMessage[], vi.fn()]
    return {
      live,
      control,
      gap,
      handlers: {
        live: (userId: string, messages: string) =>
          void live.push({ userId, messages: JSON.parse(`[${messages}]`) as LiveEnvelope['messages'] }),
        control: (m: ControlMessage) => void control.push(m),
        gap,
      },
    }
  }

  it.runIf(available)('delivers messages to every subscriber in order, including the sender', async () => {
    const [one, two] = await openTwo()
    const [a, b] = [listener(), listener()]
    await one.subscribe(a.handlers)
    await two.subscribe(b.handlers)
    await one.publish([{ userId: 'ann', messages: [deleted('1')] }])
    await one.publish([{ userId: 'ann', messages: [deleted('2')] }])
    await two.control({ type: 'slug.changed', slugs: ['wh_x'] })
    for (const { live, control } of [a, b]) {
      await vi.waitFor(() => {
        expect(control).toEqual([{ type: 'slug.changed', slugs: ['wh_x'] }])
        expect(live.flatMap(({ messages }) => messages)).toEqual([deleted('1'), deleted('2')])
      }, waiting)
    }
  })

  it.runIf(available)('delivers messages published before it is connected', async () => {
    const [, two, opened] = await openTwo()
    const heard = listener()
    await two.subscribe(heard.handlers)
    const early = createLiveBus({ ...opened, redisUrl: name === 'redis' ? redisUrl : undefined, logger })
    cleanups.push(early.close)
    await early.publish([{ userId: 'ann', messages: [deleted('1')] }])
    await vi.waitFor(() => expect(heard.live).toEqual([{ userId: 'ann', messages: [deleted('1')] }]), waiting)
  })

  it.runIf(available)('delivers control messages larger than one notification', async () => {
    const [one, two] = await openTwo()
    const heard = listener()
    await two.subscribe(heard.handlers)
    const destinationIds = Array.from({ length: 1000 }, () => randomUUID())
    await one.control({ type: 'deliveries.due', destinationIds })
    const named = () =>
      heard.control.flatMap((message) => (message.type === 'deliveries.due' ? message.destinationIds : []))
    await vi.waitFor(() => expect(named()).toEqual(destinationIds), waiting)
  })

  it.runIf(available)('delivers more messages than one notification can contain', async () => {
    const [one, two] = await openTwo()
    const heard = listener()
    await two.subscribe(heard.handlers)
    const messages = Array.from({ length: 500 }, (_, index) => deleted(String(index)))
    await one.publish([{ userId: 'ann', messages }])
    await vi.waitFor(
      () => expect(heard.live.flatMap((envelope) => envelope.messages)).toEqual(messages),
      waiting,
    )
  })

  it.runIf(available)('delivers a gap instead of a message larger than a notification', async () => {
    const [one, two] = await openTwo()
    const heard = listener()
    await two.subscribe(heard.handlers)
    const large = 'x'.repeat(7900)
    await one.publish([{ userId: 'ann', messages: [deleted('1'), deleted(large), deleted('2')] }])
    const middle = name === 'redis' ? deleted(large) : { type: 'gap' }
    await vi.waitFor(
      () =>
        expect(heard.live.flatMap(({ messages }) => messages)).toEqual([deleted('1'), middle, deleted('2')]),
      waiting,
    )
  })

  it.runIf(available)('sends nothing to a handler after it unsubscribed', async () => {
    const [one] = await openTwo()
    const [a, b] = [listener(), listener()]
    const stop = await one.subscribe(a.handlers)
    await one.subscribe(b.handlers)
    await stop()
    await one.control({ type: 'deliveries.due', destinationIds: [] })
    await vi.waitFor(() => expect(b.control).toHaveLength(1), waiting)
    expect(a.control).toHaveLength(0)
  })

  /** Ends the listening connections like a restart of the server. */
  const cut = {
    async postgres({ databaseUrl }: OpenedBus) {
      const admin = postgres(databaseUrl, { max: 1 })
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'whook live bus' and datname = current_database()`
      await admin.end()
    },
    async redis({ prefix }: OpenedBus) {
      const admin = new Redis(redisUrl!)
      const clients = (await admin.call('client', 'list', 'type', 'pubsub')) as string
      for (const line of clients.split('\n').filter((text) => text.includes(`name=${prefix}:live-bus`))) {
        await admin.call('client', 'kill', 'id', /id=(\d+)/.exec(line)![1]!)
      }
      admin.disconnect()
    },
  }

  it.runIf(available)('calls gap after a lost connection', async () => {
    const [one, , opened] = await openTwo()
    const heard = listener()
    await one.subscribe(heard.handlers)
    await cut[name](opened)
    await vi.waitFor(() => expect(heard.gap).toHaveBeenCalled(), waiting)
    await vi.waitFor(() => one.control({ type: 'deliveries.due', destinationIds: [] }), waiting)
    await vi.waitFor(() => expect(heard.control).toHaveLength(1), waiting)
  })
})
