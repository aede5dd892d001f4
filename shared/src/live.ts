import type { Delivery } from './http/deliveries.js'
import type { Destination } from './http/destinations.js'
import type { Replay } from './http/replays.js'
import type { RequestSummary } from './http/requests.js'
import type { Webhook } from './http/webhooks.js'

/** What the browser hears. Published only after the commit it speaks of. */
export type LiveMessage =
  | { type: 'request.stored'; request: RequestSummary }
  /** Its sender's certificate came later than it did: see docs/providers.md. */
  | { type: 'request.verified'; webhookId: string; requestId: string }
  | { type: 'request.deleted'; webhookId: string; requestId: string }
  | { type: 'requests.cleared'; webhookId: string }
  | { type: 'delivery.updated'; delivery: LiveDelivery }
  | { type: 'webhook.created'; webhook: Webhook }
  | { type: 'webhook.updated'; webhook: Webhook }
  | { type: 'webhook.deleted'; webhookId: string }
  | {
      type: 'destination.updated'
      destination: Pick<Destination, 'id' | 'webhookId' | 'enabled' | 'disabledReason'> & { circuit: string }
    }
  | { type: 'destination.deleted'; webhookId: string; destinationId: string }
  | { type: 'replay.updated'; replay: Replay }
  /** Something was too large to carry, or was missed: fetch again. */
  | { type: 'gap' }

/** A delivery's moving parts: what a list row and a timeline need to stay true. */
export type LiveDelivery = Pick<
  Delivery,
  | 'id'
  | 'requestId'
  | 'webhookId'
  | 'destinationId'
  | 'status'
  | 'attemptCount'
  | 'nextAttemptAt'
  | 'lastStatusCode'
  | 'lastDurationMs'
  | 'lastOutcome'
  | 'reason'
  | 'createdAt'
>

/** One WebSocket frame: messages of a few milliseconds together, in order. Without any it says only that the line is open. */
export interface LiveFrame {
  messages: LiveMessage[]
}

/** First frame on a socket: from here on nothing is missed; what came before is fetched. */
export interface LiveHello {
  hello: { userId: string; serverTime: string }
}

/** Sent instead of messages that a slow socket would have had to queue: the browser refetches. */
export interface LiveGap {
  gap: true
}

export type LiveServerFrame = LiveFrame | LiveHello | LiveGap

/** On the bus between processes: whom it concerns, then what happened. */
export interface LiveEnvelope {
  userId: string
  messages: LiveMessage[]
}

/** Beside live messages the bus carries what the processes tell each other. */
export type ControlMessage =
  /** Deliveries may be due: workers look at once instead of at their next round. */
  | { type: 'deliveries.due'; destinationIds: string[] }
  /** Settings of a webhook or its destinations changed: caches drop it. */
  | { type: 'webhook.changed'; webhookIds: string[] }
  | { type: 'slug.changed'; slugs: string[] }
  | { type: 'user.sessions-revoked'; userId: string; sessionIdHash?: string }
  | { type: 'api-key.revoked'; userId: string; apiKeyId: string }
  | { type: 'user.deleted'; userId: string }

/** Milliseconds between two frames at most: a browser that hears nothing for much longer listens to a dead line. */
export const liveBeatMs = 5000

/** Why the server closes a socket. */
export const liveCloseCodes = { signedOut: 4001, tooMany: 4008 } as const
