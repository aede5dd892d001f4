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

/** Number of deliveries of one request by status. */
export const DeliverySummary = Type.Object({
  total: Type.Integer(),
  delivered: Type.Integer(),
  waiting: Type.Integer({ description: 'pending, held, delivering or retrying' }),
  retrying: Type.Integer({ description: 'Part of `waiting` that has a failed attempt' }),
  failed: Type.Integer({ description: 'dead' }),
  recovered: Type.Integer({ description: 'Was dead; later a replay was delivered to the same destination' }),
  filtered: Type.Integer({ description: 'filtered or cancelled' }),
  lastStatusCode: Nullable(Type.Integer({ description: 'Of the last attempt' })),
  lastDurationMs: Nullable(Type.Integer({ description: 'Of the last attempt' })),
})
export type DeliverySummary = Static<typeof DeliverySummary>

/** One row of a list: about 300 bytes, without body and headers. */
export const RequestSummary = Type.Object({
  id: Id,
  webhookId: Id,
  method: Type.String(),
  path: Type.String({ description: 'Path below the slug, as sent' }),
  query: Type.String({ description: 'Query string as sent, without the question mark' }),
  contentType: Nullable(Type.String()),
  size: Type.Integer(),
  event: Nullable(
    Type.String({
      description: 'The event name from a provider header or a top-level JSON field.',
    }),
  ),
  verification: OneOf(verificationOutcomes),
  refused: Type.Boolean({
    description:
      'True when the signature check failed and the webhook rejects such requests: the sender received 401',
  }),
  remoteAddress: Type.String(),
  duplicateOf: Nullable(Id),
  replayOf: Nullable(Id),
  receivedAt: Timestamp,
  deliveries: DeliverySummary,
})
export type RequestSummary = Static<typeof RequestSummary>

/** A decompressed body, or one in another charset, as text. Only for display: deliveries send the original bytes. */
export const DecodedBody = Type.Object({
  text: Type.String(),
  from: Type.Array(Type.String(), {
    description: 'Decoded encodings and charsets, such as gzip or iso-8859-1',
  }),
  truncated: Type.Boolean({ description: 'True when the text is longer than the part shown' }),
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
        'Send it later as `since` to get only requests stored after this page was read. Set on the first page; with `since`, on the last page',
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
          'Text to find in path, query, headers, event or text body. A page of a search may be short or empty before the ' +
          'end: fetch the next page while `nextCursor` is not null',
      }),
    ),
    method: Type.Optional(
      Type.String({ maxLength: 200, description: 'One method, or several separated by commas' }),
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

/** Enough for two PostgreSQL snapshots and two list positions. */
const bookmarkCharsMax = 1000

export const ListRequestsQuery = Type.Object(
  {
    ...ListQuery,
    ...RequestFilter.properties,
    since: Type.Optional(
      Type.String({
        maxLength: bookmarkCharsMax,
        description:
          'A `bookmark` of this list. Returns only requests stored after that page was read, oldest first. This includes ' +
          'requests with an older id that were stored late',
      }),
    ),
  },
  closed,
)
export type ListRequestsQuery = Static<typeof ListRequestsQuery>

/** Replaces parts of the original request. Omitted parts stay as captured. */
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
