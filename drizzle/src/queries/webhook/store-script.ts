import { sql } from 'drizzle-orm'
import { webhook } from '../../schema/index.js'
import type { Transaction } from '../../within-limit.js'
import { scopedTo } from '../scoped-to.js'

/** Sets the script of a webhook and returns its new version; undefined when the webhook belongs to another user. */
export async function storeScript(
  tx: Transaction,
  { userId, webhookId, script }: { userId: string; webhookId: string; script: string | null },
): Promise<{ version: number; updatedAt: Date } | undefined> {
  const [row] = await tx.execute<{ version: number; updatedAt: Date }>(sql`
    update webhook set script = ${script}, script_version = script_version + 1, script_updated_at = now()
    where id = ${webhookId}::uuid and ${scopedTo(userId).rows(webhook)}
    returning script_version as version, script_updated_at as "updatedAt"`)
  return row
}
