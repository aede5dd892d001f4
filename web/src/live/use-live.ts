import { createSharedComposable } from '@vueuse/core'
import { useDeliveriesStore } from '../stores/deliveries.js'
import { useReplaysStore } from '../stores/replays.js'
import { useRequestsStore } from '../stores/requests.js'
import { useSessionStore } from '../stores/session.js'
import { useWebhooksStore } from '../stores/webhooks.js'
import { applyLiveMessage } from './apply-live-message.js'
import { createLiveSocket } from './live-socket.js'

/** Returns the shared live connection, which updates the stores. */
export const useLive = createSharedComposable(() => {
  const stores = {
    webhooks: useWebhooksStore(),
    requests: useRequestsStore(),
    deliveries: useDeliveriesStore(),
    replays: useReplaysStore(),
  }
  const session = useSessionStore()
  const refill = () => {
    stores.deliveries.miss()
    void stores.webhooks.load()
    void stores.requests.refill()
  }
  return createLiveSocket({
    messages: (messages) => messages.forEach((message) => applyLiveMessage(message, { ...stores, refill })),
    refill,
    refused: () => void session.confirm(),
  })
})
