import Type, { type Static } from 'typebox'
import { Nullable, OneOf, verificationOutcomes } from './http/common.js'

export const queueNames = ['ingest'] as const
export type QueueName = (typeof queueNames)[number]

/**
 * One captured request that is not stored yet. Its body is text only when it is valid UTF-8 without NUL (PostgreSQL's
 * jsonb refuses U+0000), else base64.
 */
export const CapturedRequest = Type.Object({
  id: Type.String(),
  webhookId: Type.String(),
  /** Owner of the webhook: receives the live message after the request is stored. */
  userId: Type.String(),
  method: Type.String(),
  path: Type.String(),
  query: Type.String(),
  httpVersion: Type.String(),
  remoteAddress: Type.String(),
  /** Raw header pairs as a flat list, as in Node: name, value, name, value. Latin-1 code units are bytes. */
  headers: Type.Array(Type.String()),
  contentType: Nullable(Type.String()),
  text: Type.Optional(Type.String()),
  base64: Type.Optional(Type.String()),
  /** Size of the body in bytes. */
  size: Type.Integer(),
  event: Nullable(Type.String()),
  verification: OneOf(verificationOutcomes),
  verificationReason: Nullable(Type.String()),
  /** The signature check failed and the sender received 401. */
  refused: Type.Optional(Type.Boolean()),
  /** No deliveries are created: refused, or an unsigned handshake of a webhook that delivers only signed requests. */
  undelivered: Type.Optional(Type.Boolean()),
  /** Milliseconds since the epoch, from the api's clock. */
  receivedAt: Type.Integer(),
})
export type CapturedRequest = Static<typeof CapturedRequest>

/** One accepted batch that is not stored yet; see storeBatch. */
export const IngestRequestsJob = Type.Object({
  instanceId: Type.String(),
  number: Type.Integer(),
  refused: Type.Array(Type.Integer()),
  requests: Type.Array(CapturedRequest),
})
export type IngestRequestsJob = Static<typeof IngestRequestsJob>
