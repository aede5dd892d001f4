import Type, { type Static } from 'typebox'

export const queueNames = ['ingest', 'deliver', 'maintenance'] as const
export type QueueName = (typeof queueNames)[number]

/**
 * One captured call on its way to the database. A body rides as text only when it is valid UTF-8 without NUL
 * (PostgreSQL's jsonb refuses U+0000), else as base64.
 */
export const CapturedRequest = Type.Object({
  id: Type.String(),
  webhookId: Type.String(),
  method: Type.String(),
  path: Type.String(),
  query: Type.String(),
  httpVersion: Type.String(),
  remoteAddress: Type.String(),
  /** Raw header pairs, flattened as Node gives them: name, value, name, value. Latin-1 code units are bytes. */
  headers: Type.Array(Type.String()),
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
  /** Milliseconds since the epoch, from the api's clock. */
  receivedAt: Type.Integer(),
})
export type CapturedRequest = Static<typeof CapturedRequest>

/** Either the whole batch (queue first) or the ids of what the api already stored (database first). */
export const IngestRequestsJob = Type.Union([
  Type.Object({ batchId: Type.String(), requests: Type.Array(CapturedRequest) }),
  Type.Object({ batchId: Type.String(), storedIds: Type.Array(Type.String()) }),
])
export type IngestRequestsJob = Static<typeof IngestRequestsJob>

export const DeliverRequestJob = Type.Object({
  deliveryId: Type.String(),
  requestId: Type.String(),
  attempt: Type.Integer(),
})
export type DeliverRequestJob = Static<typeof DeliverRequestJob>

/** Same delivery, same attempt, same id: BullMQ drops the twin. Joined with "-" because BullMQ refuses ":". */
export const deliverRequestJobId = ({ deliveryId, attempt }: DeliverRequestJob) => `${deliveryId}-${attempt}`
