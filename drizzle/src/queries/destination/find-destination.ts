import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destination, webhook } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

export type DestinationRow = typeof destination.$inferSelect

/** Returns a destination of the user. With `lock`, its row is locked until the transaction ends. */
export async function findDestination(
  db: Pick<Db, 'select'>,
  { userId, id, lock = false }: { userId: string; id: string; lock?: boolean },
): Promise<DestinationRow | undefined> {
  const query = db
    .select({ destination })
    .from(destination)
    .innerJoin(webhook, eq(webhook.id, destination.webhookId))
    .where(and(eq(destination.id, id), scopedTo(userId).rows(webhook)))
  const [row] = await (lock ? query.for('update', { of: destination }) : query)
  return row?.destination
}
