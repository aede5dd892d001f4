import Type, { type Static } from 'typebox'
import { Body, closed, HeaderPairs, Id, ListQuery, Nullable, OneOf, Page, Timestamp } from './common.js'
import { DeliveryStatus } from './delivery-status.js'
import { FilterFailure } from './filters.js'

/** Result of one attempt. Each outcome except `delivered` is a failure with its cause. */
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

/** In the order of evaluation: the first reason that applies is returned. */
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
      description: 'The earliest time of the next attempt; null when unknown',
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
      description: 'Why the delivery waits, and until when; null when it does not wait',
    }),
  ),
  lastStatusCode: Nullable(Type.Integer()),
  lastDurationMs: Nullable(Type.Integer()),
  lastOutcome: Nullable(AttemptOutcome),
  reason: Nullable(Type.String({ description: 'Reason of the current status, as a sentence.' })),
  /** Set when the destination's filter did not match; null when a script filtered the delivery. */
  filterFailure: Nullable(FilterFailure),
  replayId: Nullable(Id),
  recoveredBy: Nullable(
    Type.Unsafe<string>({
      ...Id,
      description: 'The successful delivery of a later replay to the same destination',
    }),
  ),
  replayOf: Nullable(
    Type.Unsafe<string>({ ...Id, description: 'The delivery or request that this delivery repeats' }),
  ),
  createdAt: Timestamp,
  finishedAt: Nullable(Timestamp),
})
export type Delivery = Static<typeof Delivery>

export const DeliveryWithAttempts = Type.Object({ ...Delivery.properties, attempts: Type.Array(Attempt) })
export type DeliveryWithAttempts = Static<typeof DeliveryWithAttempts>

export const DeliveryPage = Page(Delivery)
export const DeliveryParams = Type.Object({ deliveryId: Id })

/** Requires one condition or more: an empty filter is usually a mistake, not a request for every delivery. */
export const DeliveryFilter = Type.Object(
  {
    status: Type.Optional(
      Type.String({ maxLength: 200, description: 'One status, or several separated by commas' }),
    ),
    webhookId: Type.Optional(Id),
    destinationId: Type.Optional(Id),
    replayId: Type.Optional(
      Type.Unsafe<string>({ ...Id, description: 'Only deliveries that this replay created' }),
    ),
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
