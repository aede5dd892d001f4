import { createSharedComposable } from '@vueuse/core'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useDestinationsStore } from '../stores/destinations.js'
import { useLiveBufferStore } from '../stores/live-buffer.js'
import { useReplaysStore } from '../stores/replays.js'
import { useRequestFeedStore } from '../stores/request-feed.js'
import { useRequestSelectionStore } from '../stores/request-selection.js'
import { useSessionStore } from '../stores/session.js'
import { useWebhooksStore } from '../stores/webhooks.js'
import { applyLiveMessage } from './apply-live-message.js'
import { createLiveSocket } from './live-socket.js'

/** Returns the shared live connection, which updates the stores. */
export const useLive = createSharedComposable(() => {
  const stores = {
    webhooks: useWebhooksStore(),
    destinations: useDestinationsStore(),
    feed: useRequestFeedStore(),
    liveBuffer: useLiveBufferStore(),
    selection: useRequestSelectionStore(),
    deliveries: useDeliveriesStore(),
    replays: useReplaysStore(),
  }
  const session = useSessionStore()
  const refill = () => {
    stores.deliveries.reportGap()
    void stores.webhooks.fetchAll()
    void stores.feed.refill()
  }
  return createLiveSocket({
    messages: (messages) => messages.forEach((message) => applyLiveMessage(message, { ...stores, refill })),
    refill,
    refused: () => void session.confirm(),
  })
})
