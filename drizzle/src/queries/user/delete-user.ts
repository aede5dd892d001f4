import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { user, webhook } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'

/** Deletes a user. Returns the webhooks that are deleted with it. */
export async function deleteUser(db: Db, userId: string): Promise<{ id: string; slug: string }[]> {
  const { id, slug } = webhook
  const webhooks = await db.select({ id, slug }).from(webhook).where(scopedTo(userId).rows(webhook))
  await db.delete(user).where(eq(user.id, userId))
  return webhooks
}
