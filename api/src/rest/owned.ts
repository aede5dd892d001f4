import { delivery, destination, replay, webhook, webhookRequest, type Db } from '@whook/drizzle'
import { ApiError } from '@whook/shared'
import { and, eq } from 'drizzle-orm'

/**
 * The access control between users, in one place. Every service reads objects through these functions; for an object of
 * another user they throw the same 404 as for a missing one.
 */
export function createOwned(db: Pick<Db, 'select'>) {
  return {
    /** With `lock`, the row is locked until the transaction ends. */
    async webhook(userId: string, id: string, { lock = false } = {}) {
      const query = db
        .select()
        .from(webhook)
        .where(and(eq(webhook.id, id), eq(webhook.userId, userId)))
      const [row] = await (lock ? query.for('update') : query)
      if (!row) throw new ApiError('webhook-not-found')
      return row
    },
    async request(userId: string, id: string) {
      const [row] = await db
        .select({ request: webhookRequest })
        .from(webhookRequest)
        .innerJoin(webhook, eq(webhook.id, webhookRequest.webhookId))
        .where(and(eq(webhookRequest.id, id), eq(webhook.userId, userId)))
      if (!row) throw new ApiError('request-not-found')
      return row.request
    },
    async destination(userId: string, id: string, { lock = false } = {}) {
      const query = db
        .select({ destination, slug: webhook.slug })
        .from(destination)
        .innerJoin(webhook, eq(webhook.id, destination.webhookId))
        .where(and(eq(destination.id, id), eq(webhook.userId, userId)))
      const [row] = await (lock ? query.for('update', { of: destination }) : query)
      if (!row) throw new ApiError('destination-not-found')
      return row.destination
    },
    async replay(userId: string, id: string) {
      const [row] = await db
        .select()
        .from(replay)
        .where(and(eq(replay.id, id), eq(replay.userId, userId)))
      if (!row) throw new ApiError('replay-not-found')
      return row
    },
    async delivery(userId: string, id: string) {
      const [row] = await db
        .select({ delivery })
        .from(delivery)
        .innerJoin(webhook, eq(webhook.id, delivery.webhookId))
        .where(and(eq(delivery.id, id), eq(webhook.userId, userId)))
      if (!row) throw new ApiError('delivery-not-found')
      return row.delivery
    },
  }
}

export type Owned = ReturnType<typeof createOwned>
