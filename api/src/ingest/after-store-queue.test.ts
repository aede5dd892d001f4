import { capturedRequest } from '@whook/testing/seed-webhook'
import type { LiveMessage } from '@whook/shared'
import { expect, it, vi } from 'vitest'
import { createAfterStore } from '@whook/runtime/after-store'
import { createAfterStoreQueue } from './after-store-queue.js'

/** Returns a queue whose marks end when the test calls `ends`. */
function withSlowMarks(waitingMax = 2000) {
  const ends: (() => void)[] = []
  const marked: number[] = []
  const published: LiveMessage[] = []
  const deliveriesDue = vi.fn()
  const onUnmarked = vi.fn()
  const announcer = {
    publish: (_userId: string, ...messages: LiveMessage[]) => void published.push(...messages),
    deliveriesDue,
  }
  const queue = createAfterStoreQueue({
    afterStore: createAfterStore({
      mark(requests) {
        marked.push(requests.length)
        return new Promise((resolve) => ends.push(() => resolve(new Map())))
      },
      announcer,
      logger: { warn: vi.fn() },
    }),
    announcer,
    onUnmarked,
    waitingMax,
  })
  return { queue, ends, marked, published, deliveriesDue, onUnmarked }
}
const requests = (count: number) => Array.from({ length: count }, () => capturedRequest('w', { userId: 'u' }))

it('wakes destinations first and marks later batches together when marks are slow', async () => {
  const { queue, ends, marked, published, deliveriesDue } = withSlowMarks()
  const [request] = requests(1)
  const delivery = {
    id: 'x',
    requestId: request!.id,
    webhookId: 'w',
    destinationId: 'd',
    status: 'pending',
  } as const
  queue.add([request!], [delivery])
  expect(deliveriesDue).toHaveBeenCalledWith(['d'])
  for (let batch = 0; batch < 3; batch++) queue.add(requests(10), [])
  expect([marked, published.length]).toEqual([[1], 0])
  ends.shift()!()
  await expect.poll(() => marked).toEqual([1, 30])
  expect(published).toMatchObject([{ type: 'request.stored', request: { deliveries: { total: 1 } } }])
  ends.shift()!()
  await queue.drained()
  expect(published).toHaveLength(31)
})

it('skips marks and publishes a gap when too many requests wait', async () => {
  const { queue, ends, published, onUnmarked } = withSlowMarks(20)
  queue.add(requests(5), [])
  queue.add(requests(30), [])
  expect(onUnmarked).toHaveBeenCalledWith(10)
  expect(published).toEqual([{ type: 'gap' }])
  ends.shift()!()
  await expect.poll(() => ends.length).toBe(1)
  ends.shift()!()
  await queue.drained()
  expect(published).toHaveLength(26)
})
