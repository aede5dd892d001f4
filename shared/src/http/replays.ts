import Type, { type Static } from 'typebox'
import { closed, Id, ListQuery, Nullable, OneOf, Page, Timestamp } from './common.js'
import { DeliveryFilter } from './deliveries.js'
import { RequestFilter } from './requests.js'

/** `finished`: every delivery was made. Whether they have ended is in `waiting` and `settledAt`. */
export const replayStatuses = ['running', 'finished', 'cancelled', 'failed'] as const
export const ReplayStatus = OneOf(replayStatuses, {
  description: 'finished: every delivery was made; `settledAt` says when the last of them ended',
})

/** Many at once: every request that matches, sent again to all or to chosen destinations. */
export const Replay = Type.Object({
  id: Id,
  webhookId: Nullable(Id),
  status: ReplayStatus,
  total: Type.Integer({
    description: 'Requests (or deliveries, by a deliveryFilter) that matched when it began',
  }),
  done: Type.Integer({ description: 'Of `total`, those whose deliveries were made' }),
  deliveries: Type.Integer({ description: 'Deliveries made so far: GET /deliveries?replayId= lists them' }),
  waiting: Type.Integer({ description: 'Of `deliveries`, pending, held, delivering or retrying' }),
  delivered: Type.Integer({ description: 'Of `deliveries`, delivered' }),
  failed: Type.Integer({
    description: 'Of `deliveries`, dead, or dead once and recovered by a later replay',
  }),
  filtered: Type.Integer({ description: 'Of `deliveries`, filtered or cancelled' }),
  createdAt: Timestamp,
  finishedAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'When it made its last delivery; deliveries may still be waiting',
    }),
  ),
  settledAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'When the last of its deliveries ended; null while any is waiting',
    }),
  ),
})
export type Replay = Static<typeof Replay>
export const ReplayPage = Page(Replay)
export const ReplayParams = Type.Object({ replayId: Id })
export const ListReplaysQuery = Type.Object({ ...ListQuery }, closed)
export type ListReplaysQuery = Static<typeof ListReplaysQuery>

/** Either requests of one webhook by filter or by ids, or deliveries by filter (typically `status: dead`). */
export const CreateReplayBody = Type.Object(
  {
    webhookId: Type.Optional(Id),
    requestFilter: Type.Optional(RequestFilter),
    requestIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 1000 })),
    deliveryFilter: Type.Optional(DeliveryFilter),
    destinationIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 50 })),
  },
  { ...closed, minProperties: 1 },
)
export type CreateReplayBody = Static<typeof CreateReplayBody>

export const ReplayCount = Type.Object({
  total: Type.Integer({ description: 'Requests (or deliveries, by a deliveryFilter) that match' }),
  deliveries: Type.Integer({ description: 'Deliveries a replay would make' }),
  withFilter: Type.Integer({
    description: 'Of `deliveries`, those to destinations with a filter: it may keep some of them back',
  }),
})
export type ReplayCount = Static<typeof ReplayCount>
