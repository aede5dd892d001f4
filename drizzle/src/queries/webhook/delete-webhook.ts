import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'

/** Deletes a webhook, which the caller has found as one of the user. */
export async function deleteWebhook(db: Db, id: string): Promise<void> {
  await db.delete(webhook).where(eq(webhook.id, id))
}
