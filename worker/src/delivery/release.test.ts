import { seedQueue } from '@whook/testing/seed-delivery'
import { expect, it, vi } from 'vitest'
import { createSink, status } from '@whook/testing/sink'
import { createEngineTest } from '../testing/test-engine.js'

const waiting = { timeout: 20_000, interval: 50 }

it('sends due deliveries when a webhook is resumed, and retries at their time', async () => {
  await using sink = await createSink(status(200))
  await using test = await createEngineTest()
  const { sql } = test
  const { webhook, destination, deliveryIds } = await seedQueue(test, {
    destination: { url: sink.url },
    webhook: { status: 'paused' },
    count: 3,
  })
  const later = deliveryIds[0]!
  await sql`update delivery set status = 'retrying', attempts = 1, next_attempt_at = now() + interval '1 hour'
    where id = ${later}`
  const statuses = async () =>
    (await sql<{ status: string }[]>`select status from delivery order by id`).map((row) => row.status)
  test.engine.wake([destination.id])
  await vi.waitFor(async () => expect(await statuses()).toEqual(['held', 'held', 'held']), waiting)

  await sql`update webhook set status = 'active' where id = ${webhook.id}`
  test.engine.settingsChanged([webhook.id])
  test.engine.wake([destination.id])
  await vi.waitFor(
    async () => expect((await statuses()).toSorted()).toEqual(['delivered', 'delivered', 'retrying']),
    waiting,
  )
  expect(sink.seen).toHaveLength(2)
  await vi.waitFor(
    () =>
      expect(test.liveMessages).toContainEqual({
        type: 'delivery.updated',
        delivery: expect.objectContaining({ id: later, status: 'retrying' }),
      }),
    waiting,
  )
})
