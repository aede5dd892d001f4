import { ApiError } from '@whook/shared'
import { eq, type SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './client.js'
import { user, webhook } from './schema/index.js'

export type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0]

/** The row that owns the counted rows. Everything that adds one of them locks this row first. */
export type LimitOwner = { userId: string } | { webhookId: string }

export interface CountLimit {
  max: number
  /** Thrown at the limit. */
  refusal: () => ApiError
}

interface CountedRows extends CountLimit {
  owner: LimitOwner
  table: PgTable
  where: SQL | undefined
}

/**
 * Locks the owner until the transaction ends, then counts, and throws `refusal` when `max` rows exist. The caller
 * inserts in the same transaction, so concurrent calls cannot exceed the limit together.
 */
export async function withinLimit(
  tx: Transaction,
  { owner, table, where, max, refusal }: CountedRows,
): Promise<void> {
  await lockOwner(tx, owner)
  // A separate statement: its snapshot includes the rows that the previous holder of the lock committed.
  if ((await tx.$count(table, where)) >= max) throw refusal()
}

/** Locks the owner's row with NO KEY UPDATE, so that rows that only reference it (counters) can still be inserted. */
export async function lockOwner(tx: Transaction, owner: LimitOwner): Promise<void> {
  const rows =
    'userId' in owner
      ? await tx.select({ id: user.id }).from(user).where(eq(user.id, owner.userId)).for('no key update')
      : await tx
          .select({ id: webhook.id })
          .from(webhook)
          .where(eq(webhook.id, owner.webhookId))
          .for('no key update')
  // The owner was deleted after the caller read it.
  if (rows.length === 0) throw new ApiError('userId' in owner ? 'unauthenticated' : 'webhook-not-found')
}
