import type { Db } from '@whook/drizzle'
import { findDestination } from '@whook/drizzle/queries/destination/find-destination'
import { findReplay } from '@whook/drizzle/queries/replay/find-replay'
import { findRequest } from '@whook/drizzle/queries/request/find-request'
import { findWebhook } from '@whook/drizzle/queries/webhook/find-webhook'
import { ApiError, type ProblemCode } from '@whook/shared'

/**
 * The access control between users, in one place. Every service reads objects through these functions; for an object of
 * another user they throw the same 404 as for a missing one.
 */
export function createOwned(db: Pick<Db, 'select'>) {
  return {
    /** With `lock`, the row is locked until the transaction ends. */
    webhook: async (userId: string, id: string, { lock = false } = {}) =>
      found(await findWebhook(db, { userId, id, lock }), 'webhook-not-found'),
    request: async (userId: string, id: string) =>
      found(await findRequest(db, { userId, id }), 'request-not-found'),
    destination: async (userId: string, id: string, { lock = false } = {}) =>
      found(await findDestination(db, { userId, id, lock }), 'destination-not-found'),
    replay: async (userId: string, id: string) =>
      found(await findReplay(db, { userId, id }), 'replay-not-found'),
  }
}

function found<T>(row: T | undefined, code: ProblemCode): T {
  if (!row) throw new ApiError(code)
  return row
}

export type Owned = ReturnType<typeof createOwned>
