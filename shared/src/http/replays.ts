import Type, { type Static } from 'typebox'
import { closed, Id, ListQuery, Nullable, OneOf, Page, Timestamp } from './common.js'
import { DeliveryFilter } from './deliveries.js'
import { RequestFilter } from './requests.js'

/** `finished`: every delivery was created. `waiting` and `settledAt` show whether the deliveries have ended. */
export const replayStatuses = ['running', 'finished', 'cancelled', 'failed'] as const
export const ReplayStatus = OneOf(replayStatuses, {
  description: 'finished: every delivery was created. `settledAt` is the time when the last delivery ended',
})

/** Sends all matching requests again, to all or to selected destinations. */
export const Replay = Type.Object({
  id: Id,
  webhookId: Nullable(Id),
  status: ReplayStatus,
  total: Type.Integer({
    description: 'Requests that matched when the replay started (deliveries, when it has a deliveryFilter)',
  }),
  done: Type.Integer({ description: 'Part of `total` whose deliveries are created' }),
  deliveries: Type.Integer({
    description: 'Deliveries created so far: GET /deliveries?replayId= lists them',
  }),
  waiting: Type.Integer({
    description: 'Part of `deliveries` that is pending, held, delivering or retrying',
  }),
  delivered: Type.Integer({ description: 'Part of `deliveries` that is delivered' }),
  failed: Type.Integer({
    description: 'Part of `deliveries` that is dead, or was dead and is recovered by a later replay',
  }),
  filtered: Type.Integer({ description: 'Part of `deliveries` that is filtered or cancelled' }),
  createdAt: Timestamp,
  finishedAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'When the replay created its last delivery; deliveries may still be waiting',
    }),
  ),
  settledAt: Nullable(
    Type.String({
      format: 'date-time',
      description: 'When the last delivery of the replay ended; null while a delivery is waiting',
    }),
  ),
})
export type Replay = Static<typeof Replay>
export const ReplayPage = Page(Replay)
export const ReplayParams = Type.Object({ replayId: Id })
export const ListReplaysQuery = Type.Object({ ...ListQuery }, closed)
export type ListReplaysQuery = Static<typeof ListReplaysQuery>

/** Selects requests of one webhook by filter or by ids, or deliveries by filter (typically `status: dead`). */
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
  total: Type.Integer({
    description: 'Requests that match (deliveries, when the body has a deliveryFilter)',
  }),
  deliveries: Type.Integer({ description: 'Deliveries that a replay would create' }),
  withFilter: Type.Integer({
    description: 'Part of `deliveries` to destinations with a filter. The filter may exclude some of them',
  }),
})
export type ReplayCount = Static<typeof ReplayCount>
