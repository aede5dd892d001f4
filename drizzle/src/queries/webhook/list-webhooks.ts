import { and, desc, ilike, lt } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'
import { scopedTo } from '../scoped-to.js'
import type { WebhookRow } from './find-webhook.js'

interface WebhookPage {
  userId: string
  /** Only ids below this one. */
  before?: string
  /** Only names that contain this text, in any case. */
  q?: string
  limit: number
}

/** Returns the user's webhooks, newest first. */
export const listWebhooks = (db: Db, { userId, before, q, limit }: WebhookPage): Promise<WebhookRow[]> =>
  db
    .select()
    .from(webhook)
    .where(
      and(
        scopedTo(userId).rows(webhook),
        before ? lt(webhook.id, before) : undefined,
        q ? ilike(webhook.name, `%${q.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
      ),
    )
    .orderBy(desc(webhook.id))
    .limit(limit)
