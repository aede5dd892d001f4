import type { Db } from '@whook/drizzle'
import type { Webhook } from '@whook/shared'
import { ensureLocalOwner } from './auth/local-owner.js'
import type { WebhooksService } from './rest/webhooks/webhooks.service.js'

/** Returns the local owner's oldest webhook, or creates one: the terminal always has a URL to show. */
export async function firstWebhook(db: Db, webhooks: WebhooksService): Promise<Webhook> {
  const owner = await ensureLocalOwner(db)
  const { items } = await webhooks.list(owner, { limit: 200 })
  return items.at(-1) ?? (await webhooks.create(owner, { name: 'My first webhook' }))
}
