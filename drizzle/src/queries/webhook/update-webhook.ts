import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'
import type { WebhookRow } from './find-webhook.js'

/** Updates a webhook that the caller has locked. */
export async function updateWebhook(
  db: Pick<Db, 'update'>,
  id: string,
  values: Partial<typeof webhook.$inferInsert>,
): Promise<WebhookRow> {
  const [row] = await db.update(webhook).set(values).where(eq(webhook.id, id)).returning()
  return row!
}
