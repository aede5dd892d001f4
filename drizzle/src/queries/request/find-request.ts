import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook, webhookRequest } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

/** Returns a stored request of the user, with its body. */
export async function findRequest(
  db: Pick<Db, 'select'>,
  { userId, id }: { userId: string; id: string },
): Promise<typeof webhookRequest.$inferSelect | undefined> {
  const [row] = await db
    .select({ request: webhookRequest })
    .from(webhookRequest)
    .innerJoin(webhook, eq(webhook.id, webhookRequest.webhookId))
    .where(and(eq(webhookRequest.id, id), scopedTo(userId).rows(webhook)))
  return row?.request
}
