import type { LiveMessage, RequestSummary, Webhook } from '@whook/shared'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useDestinationsStore } from '../stores/destinations.js'
import { useLiveBufferStore } from '../stores/live-buffer.js'
import { useReplaysStore } from '../stores/replays.js'
import { useRequestFeedStore } from '../stores/request-feed.js'
import { useRequestSelectionStore } from '../stores/request-selection.js'
import { useWebhooksStore } from '../stores/webhooks.js'
import { applyLiveMessage } from './apply-live-message.js'

const webhook = {
  id: 'w',
  name: 'Shop',
  requestCount: 4,
  requestCountToday: 1,
  sparkline: [0, 1],
} as Webhook

function setup() {
  const stores = {
    webhooks: useWebhooksStore(),
    destinations: useDestinationsStore(),
    feed: useRequestFeedStore(),
    liveBuffer: useLiveBufferStore(),
    selection: useRequestSelectionStore(),
    deliveries: useDeliveriesStore(),
    replays: useReplaysStore(),
    refill: vi.fn(),
  }
  return { ...stores, apply: (message: LiveMessage) => applyLiveMessage(message, stores) }
}

describe('applyLiveMessage', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('counts a stored request for its webhook', () => {
    const { apply, webhooks } = setup()
    apply({ type: 'webhook.created', webhook })
    const receivedAt = '2026-01-01T00:00:00.000Z'
    apply({ type: 'request.stored', request: { webhookId: 'w', receivedAt } as RequestSummary })
    expect(webhooks.byId.get('w')).toMatchObject({
      requestCount: 5,
      requestCountToday: 2,
      sparkline: [0, 2],
      lastRequestAt: receivedAt,
    })
  })

  it('counts how often the signature of each request was verified', () => {
    const { apply, feed } = setup()
    for (const requestId of ['r', 'r', 's']) apply({ type: 'request.verified', webhookId: 'w', requestId })
    expect([...feed.verifications]).toEqual([
      ['r', 2],
      ['s', 1],
    ])
  })

  it('updates and removes a webhook', () => {
    const { apply, webhooks } = setup()
    apply({ type: 'webhook.created', webhook })
    apply({ type: 'webhook.updated', webhook: { ...webhook, name: 'Store' } })
    expect(webhooks.list.map(({ name }) => name)).toEqual(['Store'])
    apply({ type: 'webhook.deleted', webhookId: 'w' })
    expect(webhooks.list).toEqual([])
  })

  it('increments the destination changes of the webhook', () => {
    const { apply, destinations } = setup()
    apply({ type: 'destination.deleted', webhookId: 'w', destinationId: 'd' })
    expect(destinations.changes['w']).toBe(1)
  })

  it('calls refill after a gap', () => {
    const { apply, refill } = setup()
    apply({ type: 'gap' })
    expect(refill).toHaveBeenCalledOnce()
  })
})
