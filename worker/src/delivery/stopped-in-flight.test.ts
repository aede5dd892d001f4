import { readDelivery, seedQueue } from '@whook/testing/seed-delivery'
import { defaultRetryPolicy } from '@whook/shared'
import { expect, it, vi } from 'vitest'
import { createSink } from '@whook/testing/sink'
import { createEngineTest } from '../testing/test-engine.js'

const waiting = { timeout: 20_000, interval: 50 }
const later = { ...defaultRetryPolicy, delaysSeconds: [3600] }

/** A delivery in flight. It receives 500 when the test calls `answer`. */
async function inFlight() {
  let answer = () => {}
  const sink = await createSink((_, response) => {
    answer = () => response.writeHead(500).end()
  })
  const test = await createEngineTest()
  const queue = await seedQueue(test, { destination: { url: sink.url, retry: later } })
  test.engine.wake([queue.destination.id])
  await vi.waitFor(() => expect(sink.seen).toHaveLength(1), waiting)
  return {
    ...test,
    queue,
    answer: () => answer(),
    endsAs: (status: string) =>
      vi.waitFor(
        async () =>
          expect(await readDelivery(test.sql, queue.deliveryId)).toMatchObject({ status, attempts: 1 }),
        waiting,
      ),
    async [Symbol.asyncDispose]() {
      await test[Symbol.asyncDispose]()
      await sink.close()
    },
  }
}

it('holds a delivery when it fails after its webhook was paused', async () => {
  await using test = await inFlight()
  await test.sql`update webhook set status = 'paused'`
  test.engine.settingsChanged([test.queue.webhook.id])
  test.answer()
  await test.endsAs('held')
  await test.sql`update webhook set status = 'active'`
  test.engine.settingsChanged([test.queue.webhook.id])
  await test.endsAs('retrying')
})

it('cancels a delivery when it fails after its destination was deleted', async () => {
  await using test = await inFlight()
  await test.sql`delete from destination`
  test.engine.settingsChanged([test.queue.webhook.id])
  test.answer()
  await test.endsAs('cancelled')
  expect(test.liveMessages).toContainEqual({
    type: 'delivery.updated',
    delivery: expect.objectContaining({ id: test.queue.deliveryId, status: 'cancelled' }),
  })
})
