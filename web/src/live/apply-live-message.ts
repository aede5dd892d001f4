import type { LiveMessage } from '@whook/shared'
import type { useDeliveriesStore } from '../stores/deliveries.js'
import type { useReplaysStore } from '../stores/replays.js'
import type { useRequestsStore } from '../stores/requests.js'
import type { useWebhooksStore } from '../stores/webhooks.js'

interface LiveStores {
  webhooks: ReturnType<typeof useWebhooksStore>
  requests: ReturnType<typeof useRequestsStore>
  deliveries: ReturnType<typeof useDeliveriesStore>
  replays: ReturnType<typeof useReplaysStore>
  refill: () => void
}

/** Applies a live message to the stores. This is the only switch on the message type. */
export function applyLiveMessage(
  message: LiveMessage,
  { webhooks, requests, deliveries, replays, refill }: LiveStores,
): void {
  switch (message.type) {
    case 'request.stored':
      requests.add(message.request)
      return webhooks.countRequest(message.request)
    case 'request.verified':
      return requests.judge(message.requestId)
    case 'request.deleted':
      return requests.remove(message.requestId)
    case 'requests.cleared':
      return requests.clear(message.webhookId)
    case 'delivery.updated':
      requests.applyDelivery(message.delivery)
      return deliveries.apply(message.delivery)
    case 'webhook.created':
    case 'webhook.updated':
      return webhooks.put(message.webhook)
    case 'webhook.deleted':
      return webhooks.drop(message.webhookId)
    case 'destination.updated':
      return webhooks.destinationsChanged(message.destination.webhookId)
    case 'destination.deleted':
      return webhooks.destinationsChanged(message.webhookId)
    case 'replay.updated':
      return replays.put(message.replay)
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
