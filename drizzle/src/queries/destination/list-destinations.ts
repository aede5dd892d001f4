import { and, asc, eq, gt } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destination } from '../../schema/index.js'
import type { DestinationRow } from './find-destination.js'

/** Returns the destinations of a webhook with ids above `after`, oldest first. */
export const listDestinations = (
  db: Db,
  { webhookId, after, limit }: { webhookId: string; after?: string; limit: number },
): Promise<DestinationRow[]> =>
  db
    .select()
    .from(destination)
    .where(and(eq(destination.webhookId, webhookId), after ? gt(destination.id, after) : undefined))
    .orderBy(asc(destination.id))
    .limit(limit)

/** Returns the ids of all destinations of a webhook. */
export async function listDestinationIds(db: Db, webhookId: string): Promise<string[]> {
  const rows = await db
    .select({ id: destination.id })
    .from(destination)
    .where(eq(destination.webhookId, webhookId))
  return rows.map(({ id }) => id)
}
