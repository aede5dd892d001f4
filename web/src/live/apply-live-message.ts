import type { LiveMessage } from '@whook/shared'
import type { useDeliveriesStore } from '../stores/deliveries.js'
import type { useDestinationsStore } from '../stores/destinations.js'
import type { useLiveBufferStore } from '../stores/live-buffer.js'
import type { useReplaysStore } from '../stores/replays.js'
import type { useRequestFeedStore } from '../stores/request-feed.js'
import type { useRequestSelectionStore } from '../stores/request-selection.js'
import type { useWebhooksStore } from '../stores/webhooks.js'

interface LiveStores {
  webhooks: ReturnType<typeof useWebhooksStore>
  destinations: ReturnType<typeof useDestinationsStore>
  feed: ReturnType<typeof useRequestFeedStore>
  liveBuffer: ReturnType<typeof useLiveBufferStore>
  selection: ReturnType<typeof useRequestSelectionStore>
  deliveries: ReturnType<typeof useDeliveriesStore>
  replays: ReturnType<typeof useReplaysStore>
  refill: () => void
}

/** Applies a live message to the stores. This is the only switch on the message type. */
export function applyLiveMessage(
  message: LiveMessage,
  { webhooks, destinations, feed, liveBuffer, selection, deliveries, replays, refill }: LiveStores,
): void {
  switch (message.type) {
    case 'request.stored':
      liveBuffer.add(message.request)
      return webhooks.countRequest(message.request)
    case 'request.verified':
      return feed.applyVerification(message.requestId)
    case 'request.deleted':
      selection.remove([message.requestId])
      return feed.remove(message.requestId)
    case 'requests.cleared':
      return feed.clear(message.webhookId)
    case 'delivery.updated':
      liveBuffer.applyDelivery(message.delivery)
      feed.applyDelivery(message.delivery)
      return deliveries.apply(message.delivery)
    case 'webhook.created':
    case 'webhook.updated':
      return void webhooks.put(message.webhook)
    case 'webhook.deleted':
      return void webhooks.drop(message.webhookId)
    case 'destination.updated':
      return destinations.applyChange(message.destination.webhookId)
    case 'destination.deleted':
      return destinations.applyChange(message.webhookId)
    case 'replay.updated':
      return void replays.put(message.replay)
    case 'gap':
      return refill()
    default:
      return unknown(message)
  }
}

/** A newer server may send unknown types. `never` makes the compiler report a missing case. */
function unknown(message: never): void {
  console.warn('unknown live message', message)
}
