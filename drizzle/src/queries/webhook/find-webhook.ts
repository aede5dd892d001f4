import { and, eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

export type WebhookRow = typeof webhook.$inferSelect

/** Returns a webhook of the user. With `lock`, its row is locked until the transaction ends. */
export async function findWebhook(
  db: Pick<Db, 'select'>,
  { userId, id, lock = false }: { userId: string; id: string; lock?: boolean },
): Promise<WebhookRow | undefined> {
  const query = db
    .select()
    .from(webhook)
    .where(and(eq(webhook.id, id), scopedTo(userId).rows(webhook)))
  const [row] = await (lock ? query.for('update') : query)
  return row
}
