import Type, { type Static } from 'typebox'
import { Body, closed, HeaderPairs, Id, ListQuery, Nullable, OneOf, Page, Timestamp } from './common.js'
import { DeliveryStatus } from './delivery-status.js'
import { FilterFailure } from './filters.js'

/** What one HTTP try came to. Everything but `delivered` is a failure with a cause. */
export const attemptOutcomes = [
  'delivered',
  'http-error',
  'redirect',
  'timeout',
  'dns',
  'connect',
  'tls',
  'reset',
  'response-too-large',
  'protocol',
  'policy',
  'script',
  'crashed',
] as const
export const AttemptOutcome = OneOf(attemptOutcomes)
export type AttemptOutcome = Static<typeof AttemptOutcome>

export const consoleLevels = ['log', 'info', 'warn', 'error', 'debug'] as const
export const ConsoleLevel = OneOf(consoleLevels)
export const ConsoleLine = Type.Object({
  level: OneOf(consoleLevels),
  text: Type.String(),
})
export type ConsoleLine = Static<typeof ConsoleLine>

export const Attempt = Type.Object({
  deliveryId: Id,
  number: Type.Integer({ minimum: 1 }),
  startedAt: Timestamp,
  durationMs: Type.Integer(),
  outcome: AttemptOutcome,
  statusCode: Nullable(Type.Integer()),
  error: Nullable(Type.String()),
  requestUrl: Type.String(),
  requestMethod: Type.String(),
  requestHeaders: HeaderPairs,
  requestBodySize: Type.Integer(),
  responseHeaders: HeaderPairs,
  responseBody: Nullable(Body),
  console: Type.Array(ConsoleLine),
})
export type Attempt = Static<typeof Attempt>

/** In the order in which they are looked at: the first that applies is named. */
export const waitingReasons = [
  'verification-failed',
  'verification-pending',
  'webhook-paused',
  'webhook-disabled',
  'destination-disabled',
  'ordering',
  'circuit-open',
  'retry',
  'rate-limit',
  'concurrency',
  'due',
] as const
export const Waiting = Type.Object({
  reason: OneOf(waitingReasons),
  until: Nullable(
    Type.String({
      format: 'date-time',
      description: 'The earliest time of its next attempt; null when nobody knows',
    }),
  ),
})
export type Waiting = Static<typeof Waiting>

export const Delivery = Type.Object({
  id: Id,
  requestId: Id,
  webhookId: Id,
  destinationId: Id,
  destinationName: Type.String(),
  destinationUrl: Type.String(),
  status: DeliveryStatus,
  attemptCount: Type.Integer(),
  nextAttemptAt: Nullable(Timestamp),
  waiting: Nullable(
    Type.Unsafe<Waiting>({
      ...Waiting,
      description: 'Why it is not sent now, and until when; null unless it waits',
    }),
  ),
  lastStatusCode: Nullable(Type.Integer()),
  lastDurationMs: Nullable(Type.Integer()),
  lastOutcome: Nullable(AttemptOutcome),
  reason: Nullable(Type.String({ description: 'Why it stands as it does, in words.' })),
  /** Set when the filter kept it back; null for what a script did. */
  filterFailure: Nullable(FilterFailure),
  replayId: Nullable(Id),
  recoveredBy: Nullable(
    Type.Unsafe<string>({
      ...Id,
      description: 'The delivery of a replay that succeeded where this one failed',
    }),
  ),
  replayOf: Nullable(Type.Unsafe<string>({ ...Id, description: 'The delivery or request this repeats' })),
  createdAt: Timestamp,
  finishedAt: Nullable(Timestamp),
})
export type Delivery = Static<typeof Delivery>

export const DeliveryWithAttempts = Type.Object({ ...Delivery.properties, attempts: Type.Array(Attempt) })
export type DeliveryWithAttempts = Static<typeof DeliveryWithAttempts>

export const DeliveryPage = Page(Delivery)
export const DeliveryParams = Type.Object({ deliveryId: Id })

/** At least one condition: an empty filter is a mistake more often than it means every delivery. */
export const DeliveryFilter = Type.Object(
  {
    status: Type.Optional(
      Type.String({ maxLength: 200, description: 'One status, or several joined by commas' }),
    ),
    webhookId: Type.Optional(Id),
    destinationId: Type.Optional(Id),
    replayId: Type.Optional(Type.Unsafe<string>({ ...Id, description: 'Only deliveries this replay made' })),
    statusCode: Type.Optional(
      Type.Integer({ minimum: 100, maximum: 599, description: 'Status code of the last attempt' }),
    ),
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  { ...closed, minProperties: 1 },
)
export type DeliveryFilter = Static<typeof DeliveryFilter>

export const ListDeliveriesQuery = Type.Object({ ...ListQuery, ...DeliveryFilter.properties }, closed)
export type ListDeliveriesQuery = Static<typeof ListDeliveriesQuery>

export const ListRequestDeliveriesQuery = Type.Object({ ...ListQuery }, closed)
export type ListRequestDeliveriesQuery = Static<typeof ListRequestDeliveriesQuery>

export const DeliveriesAnswer = Type.Object({ items: Type.Array(Delivery) })
export type DeliveriesAnswer = Static<typeof DeliveriesAnswer>
