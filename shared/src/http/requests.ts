import Type, { type Static } from 'typebox'
import { limits } from '../limits.js'
import {
  Body,
  closed,
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
  retrying: Type.Integer({ description: 'Of the waiting ones, those that were tried and failed' }),
  failed: Type.Integer({ description: 'dead' }),
  recovered: Type.Integer({ description: 'Dead once; a replay has since reached the same destination' }),
  filtered: Type.Integer({ description: 'filtered or cancelled' }),
  lastStatusCode: Nullable(Type.Integer({ description: 'Of the last attempt' })),
  lastDurationMs: Nullable(Type.Integer({ description: 'Of the last attempt' })),
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
  event: Nullable(
    Type.String({
      description: 'The event name, when a provider header or a top-level JSON field tells it.',
    }),
  ),
  verification: OneOf(verificationOutcomes),
  refused: Type.Boolean({
    description: 'Its signature check failed and its webhook rejects such requests: the sender received 401',
  }),
  remoteAddress: Type.String(),
  duplicateOf: Nullable(Id),
  replayOf: Nullable(Id),
  receivedAt: Timestamp,
  deliveries: DeliverySummary,
})
export type RequestSummary = Static<typeof RequestSummary>

/** A compressed body, or one in another charset, as text: for reading. Deliveries send the bytes as they came. */
export const DecodedBody = Type.Object({
  text: Type.String(),
  from: Type.Array(Type.String(), { description: 'What was decoded, such as gzip or iso-8859-1' }),
  truncated: Type.Boolean({ description: 'The text is longer than what is shown' }),
})
export type DecodedBody = Static<typeof DecodedBody>

export const WebhookRequest = Type.Object({
  ...RequestSummary.properties,
  httpVersion: Type.String(),
  headers: HeaderPairs,
  body: Body,
  decoded: Nullable(DecodedBody),
  verificationResult: VerificationResult,
})
export type WebhookRequest = Static<typeof WebhookRequest>

export const RequestPage = Type.Object({
  ...Page(RequestSummary).properties,
  bookmark: Nullable(
    Type.String({
      description:
        'Send it as `since` later: only what was stored after this page was read. Null on further pages, until the last one',
    }),
  ),
})
export type RequestPage = Static<typeof RequestPage>
export const RequestParams = Type.Object({ requestId: Id })

export const requestStatusFilters = ['delivered', 'waiting', 'failed', 'filtered', 'none'] as const
export const RequestStatusFilter = OneOf(requestStatusFilters)

export const RequestFilter = Type.Object(
  {
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
    status: Type.Optional(RequestStatusFilter),
    verification: Type.Optional(OneOf(verificationOutcomes)),
    after: Type.Optional(Timestamp),
    before: Type.Optional(Timestamp),
  },
  closed,
)
export type RequestFilter = Static<typeof RequestFilter>

export const DeleteRequestsQuery = Type.Object(RequestFilter.properties, closed)

/** Two PostgreSQL snapshots and two places fit. */
const bookmarkCharsMax = 1000

export const ListRequestsQuery = Type.Object(
  {
    ...ListQuery,
    ...RequestFilter.properties,
    since: Type.Optional(
      Type.String({
        maxLength: bookmarkCharsMax,
        description:
          'A `bookmark` of this list: only requests stored after that page was read, oldest first. Requests stored late, ' +
          'with an older id, are among them',
      }),
    ),
  },
  closed,
)
export type ListRequestsQuery = Static<typeof ListRequestsQuery>

/** Replaces parts of the original; what is absent stays as captured. */
export const RequestEdit = Type.Object(
  {
    method: Type.Optional(Type.String({ pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$" })),
    path: Type.Optional(Type.String({ maxLength: 8192, pattern: '^(/[^\\s?\\x00-\\x1f\\x7f]*)?$' })),
    query: Type.Optional(Type.String({ maxLength: 8192, pattern: '^[^\\s\\x00-\\x1f\\x7f]*$' })),
    headers: Type.Optional(HeaderPairsInput(limits.headersMax)),
    body: Type.Optional(
      Type.Object({ text: Type.Optional(Type.String()), base64: Type.Optional(Type.String()) }, closed),
    ),
  },
  closed,
)
export type RequestEdit = Static<typeof RequestEdit>

export const ReplayRequestBody = Type.Object(
  {
    destinationIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 50 })),
    edit: Type.Optional(RequestEdit),
  },
  closed,
)
export type ReplayRequestBody = Static<typeof ReplayRequestBody>

export const DeliveryStatusCount = Type.Record(OneOf(deliveryStatuses), Type.Integer())
