import Type, { type Static } from 'typebox'
import { closed, Id, ListQuery, Nullable, OneOf, Page, Timestamp } from './common.js'
import { DeliveryFilter } from './deliveries.js'
import { RequestFilter } from './requests.js'

export const replayStatuses = ['running', 'finished', 'cancelled', 'failed'] as const

/** Many at once: every request that matches, sent again to all or to chosen destinations. */
export const Replay = Type.Object({
  id: Id,
  webhookId: Nullable(Id),
  status: OneOf(replayStatuses),
  total: Type.Integer({ description: 'Requests (or deliveries) that matched when it began' }),
  done: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
  createdAt: Timestamp,
  finishedAt: Nullable(Timestamp),
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

export const ReplayCount = Type.Object({ total: Type.Integer(), deliveries: Type.Integer() })
export type ReplayCount = Static<typeof ReplayCount>
