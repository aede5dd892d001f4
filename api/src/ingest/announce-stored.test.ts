import { capturedRequest } from '@whook/testing/seed-webhook'
import type { LiveMessage } from '@whook/shared'
import { expect, it, vi } from 'vitest'
import { createAnnounceStored } from './announce-stored.js'

/** Returns an announcer whose marks end when the test calls `ends`. */
function withSlowMarks(waitingMax = 2000) {
  const ends: (() => void)[] = []
  const marked: number[] = []
  const told: LiveMessage[] = []
  const deliveriesDue = vi.fn()
  const onUnmarked = vi.fn()
  const announce = createAnnounceStored({
    mark(requests) {
      marked.push(requests.length)
      return new Promise((resolve) => ends.push(() => resolve(new Map())))
    },
    announcer: { tell: (_userId, ...messages) => void told.push(...messages), deliveriesDue },
    onUnmarked,
    waitingMax,
  })
  return { announce, ends, marked, told, deliveriesDue, onUnmarked }
}
const requests = (count: number) => Array.from({ length: count }, () => capturedRequest('w', { userId: 'u' }))

it('wakes destinations first and marks later batches together when marks are slow', async () => {
  const { announce, ends, marked, told, deliveriesDue } = withSlowMarks()
  const [request] = requests(1)
  const delivery = {
    id: 'x',
    requestId: request!.id,
    webhookId: 'w',
    destinationId: 'd',
    status: 'pending',
  } as const
  announce.add([request!], [delivery])
  expect(deliveriesDue).toHaveBeenCalledWith(['d'])
  for (let batch = 0; batch < 3; batch++) announce.add(requests(10), [])
  expect([marked, told.length]).toEqual([[1], 0])
  ends.shift()!()
  await expect.poll(() => marked).toEqual([1, 30])
  expect(told).toMatchObject([{ type: 'request.stored', request: { deliveries: { total: 1 } } }])
  ends.shift()!()
  await announce.drained()
  expect(told).toHaveLength(31)
})

it('skips marks and publishes a gap when too many requests wait', async () => {
  const { announce, ends, told, onUnmarked } = withSlowMarks(20)
  announce.add(requests(5), [])
  announce.add(requests(30), [])
  expect(onUnmarked).toHaveBeenCalledWith(10)
  expect(told).toEqual([{ type: 'gap' }])
  ends.shift()!()
  await expect.poll(() => ends.length).toBe(1)
  ends.shift()!()
  await announce.drained()
  expect(told).toHaveLength(26)
})
