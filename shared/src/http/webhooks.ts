import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import {
  closed,
  HeaderPairs,
  HeaderPairsInput,
  Id,
  ListQuery,
  Name,
  Nullable,
  OneOf,
  Page,
  Timestamp,
} from './common.js'

export const webhookStatuses = ['active', 'paused', 'disabled'] as const
export const WebhookStatus = OneOf(webhookStatuses)
export type WebhookStatus = Static<typeof WebhookStatus>

/** The response to a sender. When `body` is null, the default body `{"id", "status"}` is sent. */
export const WebhookResponse = Type.Object({
  status: Type.Integer({ minimum: 200, maximum: 599 }),
  headers: HeaderPairs,
  body: Nullable(Type.String({ maxLength: 64 * 1024 })),
})
export type WebhookResponse = Static<typeof WebhookResponse>

/** Providers whose signatures Whook verifies. `standard` is Standard Webhooks (and Svix). */
export const verificationProviders = [
  'standard',
  'amazon-sns',
  'asana',
  'attio',
  'bitbucket',
  'calcom',
  'calendly',
  'discord',
  'docusign',
  'dropbox',
  'elevenlabs',
  'github',
  'gitlab',
  'hubspot',
  'intercom',
  'jira',
  'linear',
  'mailgun',
  'meta',
  'microsoft-graph',
  'notion',
  'okta',
  'paddle',
  'pagerduty',
  'paypal',
  'sendgrid',
  'sentry',
  'shopify',
  'slack',
  'square',
  'stripe',
  'twilio',
  'typeform',
  'vercel',
  'workos',
  'x',
  'zendesk',
  'zoom',
  'hmac-sha256',
] as const
export const VerificationProvider = OneOf(verificationProviders)
export type VerificationProvider = Static<typeof VerificationProvider>

export const Verification = Type.Object({
  provider: VerificationProvider,
  secretCount: Type.Integer({
    description: 'Number of stored secrets. The secrets themselves are never returned.',
  }),
  hasVerifyToken: Type.Boolean(),
})
export type Verification = Static<typeof Verification>

export const verificationFailurePolicies = ['deliver', 'hold', 'reject'] as const
export const OnVerificationFailure = OneOf(verificationFailurePolicies, {
  description:
    'Handling of a request whose signature check failed. deliver: it is delivered like any other. hold: it is stored, ' +
    'and its deliveries are held until they are released. reject: the sender receives 401, and the request is stored ' +
    'as refused and not delivered',
})
export type OnVerificationFailure = Static<typeof OnVerificationFailure>

const Secret = Type.String({ minLength: 1, maxLength: 500 })

export const VerificationInput = Type.Object(
  {
    provider: VerificationProvider,
    secrets: Type.Array(Secret, {
      maxItems: 5,
      description: 'Newest first. May be empty only for asana, which sends its secret in its handshake',
    }),
    verifyToken: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'Only for meta: the verify token that its handshake must contain',
      }),
    ),
  },
  closed,
)
export type VerificationInput = Static<typeof VerificationInput>

export const WebhookLimits = Type.Object({
  requestsPerSecond: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'Maximum number of accepted requests per second; further ones get 429. null: unlimited.',
    }),
  ),
  bodyBytesMax: Nullable(Type.Integer({ minimum: 1, maximum: limits.bodyBytesMax })),
  retentionDays: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: 3650,
      description: 'Days to keep requests; null: WEBHOOK_RETENTION_DAYS of the installation.',
    }),
  ),
})
export type WebhookLimits = Static<typeof WebhookLimits>

export const Webhook = Type.Object({
  id: Id,
  slug: Type.String({ pattern: '^wh_[0-9A-Za-z]{22}$' }),
  url: Type.String({ format: 'uri' }),
  name: Name,
  status: WebhookStatus,
  response: WebhookResponse,
  ignoredResponseHeaders: Type.Array(Type.String(), {
    description: 'Names of stored response headers that are no longer allowed and therefore not sent',
  }),
  verification: Nullable(Verification),
  onVerificationFailure: OnVerificationFailure,
  limits: WebhookLimits,
  requestCount: Type.Integer(),
  requestCountToday: Type.Integer(),
  lastRequestAt: Nullable(Timestamp),
  failingDeliveryCount: Type.Integer({ description: 'Deliveries that are retrying or dead now' }),
  heldDeliveryCount: Type.Integer(),
  heldForVerificationCount: Type.Integer({
    description:
      'Held deliveries whose signature check failed or has no result yet; counted among the first 10,000 held deliveries',
  }),
  destinationCount: Type.Integer(),
  /** Requests in each of the last 24 hours, oldest first. */
  sparkline: Type.Array(Type.Integer()),
  createdAt: Timestamp,
})
export type Webhook = Static<typeof Webhook>

export const WebhookPage = Page(Webhook)

export const CreateWebhookBody = Type.Object({ name: Name }, { additionalProperties: false })
export type CreateWebhookBody = Static<typeof CreateWebhookBody>

/** Parts of the response. Omitted fields keep their value. */
export const WebhookResponseInput = Type.Object(
  {
    ...Type.Partial(WebhookResponse).properties,
    headers: Type.Optional(HeaderPairsInput(limits.answerHeadersMax)),
  },
  closed,
)
/** Parts of the limits. Omitted fields keep their value. */
export const WebhookLimitsInput = Type.Object(Type.Partial(WebhookLimits).properties, closed)

export const UpdateWebhookBody = Type.Object(
  {
    name: Type.Optional(Name),
    status: Type.Optional(WebhookStatus),
    response: Type.Optional(WebhookResponseInput),
    verification: Type.Optional(Nullable(VerificationInput)),
    onVerificationFailure: Type.Optional(OnVerificationFailure),
    limits: Type.Optional(WebhookLimitsInput),
  },
  { ...closed, minProperties: 1 },
)
export type UpdateWebhookBody = Static<typeof UpdateWebhookBody>

export const ReleaseDeliveriesBody = Type.Object(
  {
    destinationId: Type.Optional(Id),
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  closed,
)
export type ReleaseDeliveriesBody = Static<typeof ReleaseDeliveriesBody>
export const ReleasedDeliveries = Type.Object({
  released: Type.Integer(),
  more: Type.Boolean({ description: 'True when more deliveries match: call again' }),
})
export type ReleasedDeliveries = Static<typeof ReleasedDeliveries>

export const WebhookParams = Type.Object({ webhookId: Id })
export const ListWebhooksQuery = Type.Object(
  { ...ListQuery, q: Type.Optional(Type.String({ maxLength: 200 })) },
  closed,
)
export type ListWebhooksQuery = Static<typeof ListWebhooksQuery>
