import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import {
  Body,
  HeaderPairs,
  HeaderPairsInput,
  Id,
  ListQuery,
  Nullable,
  OneOf,
  Page,
  Timestamp,
  verificationOutcomes,
} from './common.js'
import { deliveryStatuses } from './delivery-status.js'

export const VerificationResult = Type.Object({
  outcome: OneOf(verificationOutcomes),
  provider: Nullable(Type.String()),
  reason: Nullable(Type.String()),
})
export type VerificationResult = Static<typeof VerificationResult>

/** How the deliveries of one request stand, counted by status. */
export const DeliverySummary = Type.Object({
  total: Type.Integer(),
  delivered: Type.Integer(),
  waiting: Type.Integer({ description: 'pending, held, delivering or retrying' }),
  failed: Type.Integer({ description: 'dead' }),
  filtered: Type.Integer({ description: 'filtered or cancelled' }),
  lastStatusCode: Nullable(Type.Integer()),
  lastDurationMs: Nullable(Type.Integer()),
})
export type DeliverySummary = Static<typeof DeliverySummary>

/** What a list row needs: about 300 bytes, no body, no headers. */
export const RequestSummary = Type.Object({
  id: Id,
  webhookId: Id,
  method: Type.String(),
  path: Type.String({ description: 'Below the slug, as sent' }),
  query: Type.String({ description: 'As sent, without the question mark' }),
  contentType: Nullable(Type.String()),
  size: Type.Integer(),
  /** The event name, when a provider header or a top-level JSON field tells it. */
  event: Nullable(Type.String()),
  verification: OneOf(verificationOutcomes),
  remoteAddress: Type.String(),
  duplicateOf: Nullable(Id),
  replayOf: Nullable(Id),
  receivedAt: Timestamp,
  deliveries: DeliverySummary,
})
export type RequestSummary = Static<typeof RequestSummary>

export const WebhookRequest = Type.Object({
  ...RequestSummary.properties,
  httpVersion: Type.String(),
  headers: HeaderPairs,
  body: Body,
  verificationResult: VerificationResult,
})
export type WebhookRequest = Static<typeof WebhookRequest>

export const RequestPage = Page(RequestSummary)
export const RequestParams = Type.Object({ requestId: Id })

export const requestStatusFilters = ['delivered', 'waiting', 'failed', 'filtered', 'none'] as const

export const RequestFilter = Type.Object({
  q: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Found in path, query, headers, event or text body. A page of a search may be short or empty before its end: ' +
        'go on while there is a nextCursor',
    }),
  ),
  method: Type.Optional(
    Type.String({ maxLength: 200, description: 'One method, or several joined by commas' }),
  ),
  status: Type.Optional(OneOf(requestStatusFilters)),
  after: Type.Optional(Timestamp),
  before: Type.Optional(Timestamp),
})
export type RequestFilter = Static<typeof RequestFilter>

/** A filter that is misspelt must not be left out: without one, everything is deleted. */
export const DeleteRequestsQuery = Type.Object(RequestFilter.properties, { additionalProperties: false })

export const ListRequestsQuery = Type.Object({
  ...ListQuery,
  ...RequestFilter.properties,
  since: Type.Optional(
    Type.Unsafe<string>({
      ...Id,
      description: 'Oldest first, only requests stored after this id: gap refill',
    }),
  ),
})
export type ListRequestsQuery = Static<typeof ListRequestsQuery>

/** Replaces parts of the original; what is absent stays as captured. */
export const RequestEdit = Type.Object(
  {
    method: Type.Optional(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$" })),
    path: Type.Optional(Type.String({ maxLength: 8192, pattern: '^(/[^\\s?\\x00-\\x1f\\x7f]*)?$' })),
    query: Type.Optional(Type.String({ maxLength: 8192, pattern: '^[^\\s\\x00-\\x1f\\x7f]*$' })),
    headers: Type.Optional(HeaderPairsInput(limits.headersMax)),
    body: Type.Optional(
      Type.Object({ text: Type.Optional(Type.String()), base64: Type.Optional(Type.String()) }),
    ),
  },
  { additionalProperties: false },
)
export type RequestEdit = Static<typeof RequestEdit>

export const ReplayRequestBody = Type.Object(
  {
    destinationIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 50 })),
    edit: Type.Optional(RequestEdit),
  },
  { additionalProperties: false },
)
export type ReplayRequestBody = Static<typeof ReplayRequestBody>

export const DeliveryStatusCount = Type.Record(OneOf(deliveryStatuses), Type.Integer())
