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

/** When to try again. Delays are seconds before jitter; a Retry-After can only lengthen them. */
export const RetryPolicy = Type.Object(
  {
    strategy: OneOf(['exponential', 'linear', 'list']),
    baseSeconds: Type.Number({
      minimum: 1,
      maximum: limits.retryDelaySecondsMax,
      description: 'exponential: first delay; linear: every delay.',
    }),
    factor: Type.Number({ minimum: 1, maximum: 10, description: 'exponential only.' }),
    maxDelaySeconds: Type.Number({
      minimum: 1,
      maximum: limits.retryDelaySecondsMax,
      description: 'Cap of one delay.',
    }),
    /** list only: delay before attempt 2, 3, ...; the last one repeats. */
    delaysSeconds: Type.Array(Type.Number({ minimum: 0, maximum: limits.retryDelaySecondsMax }), {
      maxItems: 50,
    }),
    attemptsMax: Type.Integer({ minimum: 1, maximum: limits.attemptsMaxCeiling }),
    maxAgeSeconds: Type.Integer({
      minimum: 1,
      maximum: limits.deliveryAgeSecondsMax,
      description: "Counted from the delivery's creation.",
    }),
    jitter: Type.Number({
      minimum: 0,
      maximum: 1,
      description: '0.2 spreads each delay by up to 20 % either way.',
    }),
  },
  closed,
)
export type RetryPolicy = Static<typeof RetryPolicy>

/** About ten tries over three days: the schedule of the Standard Webhooks specification. */
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
      description: 'Attempts in flight at once, all workers together.',
    }),
    ratePerSecond: Nullable(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 10_000,
        description: 'Attempts started per second; null is unlimited.',
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
      description:
        "What went wrong at `lastFailureAt`, in the destination's answer, on the way there, or in a script.",
    }),
  ),
  delivered: Type.Integer({ description: 'Over the last 24 hours.' }),
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
  /** Sent with every delivery. */
  headers: HeaderPairsInput(limits.destinationHeadersMax),
  forwardHeaders: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 50,
    description:
      'Request headers to forward beside the usual ones: names, or prefixes such as x-acme-*. Credentials are forwarded only when named here',
  }),
  appendPath: Type.Boolean({
    description:
      'Appends the path below the webhook URL to this URL: /wh_.../a/b goes to <url>/a/b. Default of new destinations: true',
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
        'Deliveries with the same value of this field go out one after the other, in order of arrival.',
    }),
  ),
}

export const Destination = Type.Object({
  id: Id,
  webhookId: Id,
  ...writable,
  displayHost: Nullable(
    Type.String({ description: "The URL's host as users read it, when it differs from its ASCII form." }),
  ),
  disabledReason: Nullable(DisabledReason),
  /** Standard Webhooks: newest first; an older one signs too until it expires. */
  secrets: Type.Array(Type.Object({ id: Id, createdAt: Timestamp, expiresAt: Nullable(Timestamp) })),
  health: DestinationHealth,
  createdAt: Timestamp,
})
export type Destination = Static<typeof Destination>
export const DestinationPage = Page(Destination)

export const CreatedDestination = Type.Object({
  ...Destination.properties,
  secret: Type.String({ description: 'whsec_...; shown this once' }),
})
export type CreatedDestination = Static<typeof CreatedDestination>

/** Parts of a retry policy; what is left out keeps its value. */
export const RetryPolicyInput = Type.Object(Type.Partial(RetryPolicy).properties, closed)
/** Parts of the limits; what is left out keeps its value. */
export const DestinationLimitsInput = Type.Object(Type.Partial(DestinationLimits).properties, closed)

const changes = {
  ...Type.Partial(Type.Object(writable)).properties,
  retry: Type.Optional(RetryPolicyInput),
  limits: Type.Optional(DestinationLimitsInput),
}

/** What a destination gets where nothing else is said. A change has no defaults: what is left out stays. */
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
