import Type, { type Static, type TProperties } from 'typebox'
import { Id } from './http/common.js'
import { Delivery } from './http/deliveries.js'
import { CircuitState, Destination } from './http/destinations.js'
import { Replay } from './http/replays.js'
import { RequestSummary } from './http/requests.js'
import { Webhook } from './http/webhooks.js'
import { liveBeatMs, liveCloseCodes } from './live-rules.js'

const message = <const Name extends string, T extends TProperties>(
  type: Name,
  properties: T,
  description: string,
) => Type.Object({ type: Type.Literal(type), ...properties }, { description })

/** The fields of a delivery that change, as shown in a list row and a timeline. */
export const LiveDelivery = Type.Pick(Delivery, [
  'id',
  'requestId',
  'webhookId',
  'destinationId',
  'status',
  'attemptCount',
  'nextAttemptAt',
  'lastStatusCode',
  'lastDurationMs',
  'lastOutcome',
  'reason',
  'createdAt',
])
export type LiveDelivery = Static<typeof LiveDelivery>

const ofRequest = { webhookId: Id, requestId: Id }

/** The fields of a destination that may change without a call of the user. */
export const LiveDestination = Type.Object({
  ...Type.Pick(Destination, ['id', 'webhookId', 'enabled', 'disabledReason']).properties,
  circuit: CircuitState,
})
export type LiveDestination = Static<typeof LiveDestination>

/** Live messages to the browser. Published only after the commit of the change. */
export const LiveMessage = Type.Union([
  message('request.stored', { request: RequestSummary }, 'A request was stored'),
  message(
    'request.verified',
    ofRequest,
    'The signature of a stored request was verified, or its check failed',
  ),
  message('request.deleted', ofRequest, 'One request was deleted'),
  message(
    'requests.cleared',
    { webhookId: Id },
    'Many requests of a webhook were deleted: reload the list of requests',
  ),
  message('delivery.updated', { delivery: LiveDelivery }, 'A delivery was created, or its status changed'),
  message('webhook.created', { webhook: Webhook }, 'A webhook was created'),
  message('webhook.updated', { webhook: Webhook }, 'The settings of a webhook changed'),
  message('webhook.deleted', { webhookId: Id }, 'A webhook was deleted'),
  message(
    'destination.updated',
    { destination: LiveDestination },
    'The settings or the circuit of a destination changed',
  ),
  message('destination.deleted', { webhookId: Id, destinationId: Id }, 'A destination was deleted'),
  message('replay.updated', { replay: Replay }, 'A replay created deliveries, or ended'),
  message('gap', {}, 'Messages were too large or were lost: reload all data'),
])
export type LiveMessage = Static<typeof LiveMessage>

export const LiveFrame = Type.Object(
  { messages: Type.Array(LiveMessage) },
  {
    description: `Messages of a few milliseconds, in order. An empty list is a heartbeat, sent at least every ${liveBeatMs} ms`,
  },
)
export type LiveFrame = Static<typeof LiveFrame>

export const LiveHello = Type.Object(
  { hello: Type.Object({ userId: Id, serverTime: Type.String({ format: 'date-time' }) }) },
  {
    description: 'The first frame. All later changes are published on this socket: load the current data now',
  },
)
export type LiveHello = Static<typeof LiveHello>

export const LiveGap = Type.Object(
  { gap: Type.Literal(true) },
  { description: 'Replaces messages that a slow client did not read in time: reload all data' },
)
export type LiveGap = Static<typeof LiveGap>

/** One text frame from the server, as JSON. Frames from the client are ignored. */
export const LiveServerFrame = Type.Union([LiveHello, LiveFrame, LiveGap])
export type LiveServerFrame = Static<typeof LiveServerFrame>

/** Why the server closes a socket: `liveCloseCodes`. */
export const LiveCloseCode = Type.Unsafe<number>({
  type: 'integer',
  enum: Object.values(liveCloseCodes),
  description:
    '1001: the server restarts; connect again. 4001: the session ended or the API key was revoked. ' +
    '4008: this user opened more connections, and the oldest one was closed',
})

/** Message on the bus between processes: the user and the live messages for this user. */
export interface LiveEnvelope {
  userId: string
  messages: LiveMessage[]
}

/** Messages between processes, on the same bus as live messages. */
export type ControlMessage =
  /** Deliveries may be due: workers poll immediately instead of at the next interval. */
  | { type: 'deliveries.due'; destinationIds: string[] }
  /** Settings of a webhook or its destinations changed: caches remove the webhook. */
  | { type: 'webhook.changed'; webhookIds: string[] }
  | { type: 'slug.changed'; slugs: string[] }
  | { type: 'user.sessions-revoked'; userId: string; sessionIdHash?: string }
  | { type: 'api-key.revoked'; userId: string; apiKeyId: string }
  | { type: 'user.deleted'; userId: string }
