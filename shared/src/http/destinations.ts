import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import {
  closed,
  HeaderPairsInput,
  Id,
  ListQuery,
  Name,
  Nullable,
  OneOf,
  Page,
  Timestamp,
  withDefaults,
} from './common.js'
import { Filter } from './filters.js'

/** When to retry. Delays are seconds before jitter. A Retry-After header can only make them longer. */
export const RetryPolicy = Type.Object(
  {
    strategy: OneOf(['exponential', 'linear', 'list']),
    baseSeconds: Type.Number({
      minimum: 1,
      maximum: limits.retryDelaySecondsMax,
      description: 'exponential: the first delay. linear: every delay. In seconds.',
    }),
    factor: Type.Number({
      minimum: 1,
      maximum: 10,
      description: 'Only for exponential: each delay is the previous one times this factor.',
    }),
    maxDelaySeconds: Type.Number({
      minimum: 1,
      maximum: limits.retryDelaySecondsMax,
      description: 'Longest delay between two attempts, in seconds.',
    }),
    /** Only for list: delays before attempt 2, 3, ...; the last delay repeats. */
    delaysSeconds: Type.Array(Type.Number({ minimum: 0, maximum: limits.retryDelaySecondsMax }), {
      maxItems: 50,
    }),
    attemptsMax: Type.Integer({ minimum: 1, maximum: limits.attemptsMaxCeiling }),
    maxAgeSeconds: Type.Integer({
      minimum: 1,
      maximum: limits.deliveryAgeSecondsMax,
      description: 'No attempt is scheduled later than this many seconds after the creation of the delivery.',
    }),
    jitter: Type.Number({
      minimum: 0,
      maximum: 1,
      description: '0.2 changes each delay randomly by up to 20 %, longer or shorter.',
    }),
  },
  closed,
)
export type RetryPolicy = Static<typeof RetryPolicy>

/** Ten attempts over about three days: the schedule of the Standard Webhooks specification. */
export const defaultRetryPolicy: RetryPolicy = {
  strategy: 'list',
  baseSeconds: 5,
  factor: 2,
  maxDelaySeconds: 24 * 3600,
  delaysSeconds: [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400],
  attemptsMax: 10,
  maxAgeSeconds: 5 * 24 * 3600,
  jitter: 0.2,
}

export const DestinationLimits = Type.Object(
  {
    concurrency: Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'Maximum number of attempts in flight at the same time, over all workers.',
    }),
    ratePerSecond: Nullable(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 10_000,
        description: 'Maximum number of attempts started per second; null: unlimited.',
      }),
    ),
  },
  closed,
)
export type DestinationLimits = Static<typeof DestinationLimits>
export const defaultDestinationLimits: DestinationLimits = { concurrency: 10, ratePerSecond: null }

export const circuitStates = ['closed', 'open', 'half-open'] as const
export const CircuitState = OneOf(circuitStates)

export const DestinationHealth = Type.Object({
  circuit: OneOf(circuitStates),
  circuitOpenUntil: Nullable(Timestamp),
  consecutiveFailures: Type.Integer(),
  lastSuccessAt: Nullable(Timestamp),
  lastFailureAt: Nullable(Timestamp),
  lastStatusCode: Nullable(Type.Integer()),
  lastError: Nullable(
    Type.String({
      description: 'The error at `lastFailureAt`: of the response, of the connection or of a script.',
    }),
  ),
  delivered: Type.Integer({ description: 'Deliveries delivered in the last 24 hours.' }),
  failed: Type.Integer(),
  waiting: Type.Integer(),
  p50Ms: Nullable(Type.Integer()),
  p95Ms: Nullable(Type.Integer()),
})
export type DestinationHealth = Static<typeof DestinationHealth>

export const DisabledReason = OneOf(['user', 'gone-410'])

const writable = {
  url: Type.String({ minLength: 1, maxLength: limits.urlCharsMax }),
  name: Name,
  enabled: Type.Boolean(),
  /** Headers that Whook adds to every delivery. */
  headers: HeaderPairsInput(limits.destinationHeadersMax),
  forwardHeaders: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 50,
    description:
      'Request headers to forward in addition to the usual ones: names, or prefixes such as x-acme-*. Headers with credentials are forwarded only when named here',
  }),
  appendPath: Type.Boolean({
    description:
      'Appends the path below the webhook URL to this URL: /wh_.../a/b is forwarded to <url>/a/b. Default for new destinations: true',
  }),
  timeoutMs: Type.Integer({ minimum: 100, maximum: limits.deliveryTimeoutMsMax }),
  retry: RetryPolicy,
  limits: DestinationLimits,
  filter: Nullable(Filter),
  script: Nullable(Type.String({ maxLength: limits.scriptCharsMax })),
  orderingKey: Nullable(
    Type.String({
      maxLength: 200,
      description:
        'Deliveries with the same value of this field are sent one after the other, in order of arrival.',
    }),
  ),
}

export const Destination = Type.Object({
  id: Id,
  webhookId: Id,
  ...writable,
  displayHost: Nullable(
    Type.String({ description: 'The host of the URL in Unicode, when it differs from its ASCII form.' }),
  ),
  disabledReason: Nullable(DisabledReason),
  /** Signing secrets (Standard Webhooks), newest first. An older secret also signs until it expires. */
  secrets: Type.Array(Type.Object({ id: Id, createdAt: Timestamp, expiresAt: Nullable(Timestamp) })),
  health: DestinationHealth,
  createdAt: Timestamp,
})
export type Destination = Static<typeof Destination>
export const DestinationPage = Page(Destination)

export const CreatedDestination = Type.Object({
  ...Destination.properties,
  secret: Type.String({ description: 'The signing secret (whsec_...). Returned only once: store it now' }),
})
export type CreatedDestination = Static<typeof CreatedDestination>

/** Parts of a retry policy. Omitted fields keep their value. */
export const RetryPolicyInput = Type.Object(Type.Partial(RetryPolicy).properties, closed)
/** Parts of the limits. Omitted fields keep their value. */
export const DestinationLimitsInput = Type.Object(Type.Partial(DestinationLimits).properties, closed)

const changes = {
  ...Type.Partial(Type.Object(writable)).properties,
  retry: Type.Optional(RetryPolicyInput),
  limits: Type.Optional(DestinationLimitsInput),
}

/** Defaults of a new destination. An update has no defaults: omitted fields keep their value. */
export const destinationDefaults = {
  enabled: true,
  headers: [],
  forwardHeaders: [],
  timeoutMs: limits.deliveryTimeoutMsDefault,
  filter: null,
  script: null,
  orderingKey: null,
}

export const CreateDestinationBody = Type.Object(
  {
    ...withDefaults(changes, destinationDefaults),
    url: writable.url,
    name: Type.Optional(Type.Unsafe<string>({ ...Name, description: 'Default: the host of the URL' })),
    retry: Type.Optional(Type.Object(withDefaults(RetryPolicyInput.properties, defaultRetryPolicy), closed)),
    limits: Type.Optional(
      Type.Object(withDefaults(DestinationLimitsInput.properties, defaultDestinationLimits), closed),
    ),
  },
  closed,
)
export type CreateDestinationBody = Static<typeof CreateDestinationBody>

export const UpdateDestinationBody = Type.Object(changes, { ...closed, minProperties: 1 })
export type UpdateDestinationBody = Static<typeof UpdateDestinationBody>

export const RotateSecretBody = Type.Object(
  { overlapHours: Type.Optional(Type.Integer({ minimum: 0, maximum: 168, default: 24 })) },
  closed,
)
export type RotateSecretBody = Static<typeof RotateSecretBody>
export const RotatedSecret = Type.Object({ secret: Type.String(), previousExpiresAt: Nullable(Timestamp) })
export type RotatedSecret = Static<typeof RotatedSecret>

export const DestinationParams = Type.Object({ destinationId: Id })
export const ListDestinationsQuery = Type.Object({ ...ListQuery }, closed)
export type ListDestinationsQuery = Static<typeof ListDestinationsQuery>
