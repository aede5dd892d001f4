import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'
import { withinLimit, type CountLimit } from '../../within-limit.js'
import { scopedTo } from '../scoped-to.js'
import type { WebhookRow } from './find-webhook.js'

/** Inserts a webhook. Throws the error of the limit when the user has `max` webhooks. */
export const createWebhook = (
  db: Db,
  values: typeof webhook.$inferInsert,
  limit: CountLimit,
): Promise<WebhookRow> =>
  db.transaction(async (tx) => {
    const { userId } = values
    await withinLimit(tx, {
      owner: { userId },
      table: webhook,
      where: scopedTo(userId).rows(webhook),
      ...limit,
    })
    const [row] = await tx.insert(webhook).values(values).returning()
    return row!
  })
