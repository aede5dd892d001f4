import { capturedRequest } from '@whook/testing/seed-webhook'
import type { LiveMessage } from '@whook/shared'
import { describe, expect, it, vi } from 'vitest'
import { createAfterStore, type KeyedRequest } from './after-store.js'

type Mark = (requests: readonly KeyedRequest[]) => Promise<Map<string, string>>

/** The steps, and the names of their effects in order. */
function withEffects(mark: Mark) {
  const effects: string[] = []
  const published: [string, LiveMessage][] = []
  const warn = vi.fn()
  const steps = createAfterStore({
    mark: (requests) => {
      effects.push('mark')
      return mark(requests)
    },
    announcer: {
      publish(userId, message) {
        effects.push('publish')
        published.push([userId, message!])
      },
      deliveriesDue: (ids) => void effects.push(`due ${[...ids].join()}`),
    },
    onDue: (ids) => void effects.push(`wake ${ids.join()}`),
    logger: { warn },
  })
  return { run: steps.run, effects, published, warn }
}

const stripe = { headers: ['stripe-signature', 't=1'], text: '{"id":"evt_1QK3Xh2eZv"}', userId: 'ann' }
const first = capturedRequest('w', stripe)
const second = capturedRequest('w', stripe)
const delivery = (requestId: string, destinationId: string, status: string) => ({
  requestId,
  destinationId,
  status,
})

describe('createAfterStore', () => {
  it('wakes due destinations, then marks duplicates, then publishes the requests', async () => {
    const { run, effects, published } = withEffects(async (requests) => {
      expect(requests[0]!.deliveryKey).not.toBeNull()
      expect(requests[1]!.deliveryKey).toBe(requests[0]!.deliveryKey)
      return new Map([[second.id, first.id]])
    })
    await run(
      [first, second],
      [
        delivery(first.id, 'd', 'pending'),
        delivery(first.id, 'e', 'filtered'),
        delivery(second.id, 'd', 'pending'),
      ],
    )
    expect(effects).toEqual(['due d', 'wake d', 'mark', 'publish', 'publish'])
    expect(published).toMatchObject([
      [
        'ann',
        { request: { id: first.id, duplicateOf: null, deliveries: { total: 2, filtered: 1, waiting: 1 } } },
      ],
      ['ann', { request: { id: second.id, duplicateOf: first.id, deliveries: { total: 1 } } }],
    ])
  })

  it('publishes the requests unmarked when the marks fail', async () => {
    const { run, effects, published, warn } = withEffects(() => Promise.reject(new Error('unavailable')))
    await run([first], [])
    expect(effects).toEqual(['mark', 'publish'])
    expect(published).toMatchObject([['ann', { request: { duplicateOf: null } }]])
    expect(warn).toHaveBeenCalledWith(expect.anything(), 'duplicates.not-marked')
  })

  it('only marks duplicates when the batch was stored before', async () => {
    const { run, effects } = withEffects(async () => new Map([[second.id, first.id]]))
    await run([first, second])
    expect(effects).toEqual(['mark'])
  })
})
