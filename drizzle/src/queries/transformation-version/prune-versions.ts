import { sql } from 'drizzle-orm'
import { scopedTo } from '../scoped-to.js'
import { webhook } from '../../schema/index.js'
import type { Transaction } from '../../within-limit.js'

/**
 * Deletes the oldest script versions of a user until all of them together have at most `bytesMax` bytes. The current
 * version of each webhook is kept. Returns how many versions were deleted.
 */
export async function pruneVersions(tx: Transaction, userId: string, bytesMax: number): Promise<number> {
  // octet_length of a stored text reads its header only. Newest first, so the sum of a row covers all newer rows.
  const rows = await tx.execute(sql`
    with sized as materialized (
      select v.webhook_id, v.version, v.version = webhook.script_version as current,
        sum(coalesce(octet_length(v.script), 0)) over (
          order by v.version = webhook.script_version desc, v.created_at desc, v.webhook_id, v.version desc) as bytes
      from transformation_version v join webhook on webhook.id = v.webhook_id
      where ${scopedTo(userId).rows(webhook)})
    delete from transformation_version v using sized s
    where v.webhook_id = s.webhook_id and v.version = s.version and not s.current and s.bytes > ${bytesMax}
    returning v.version`)
  return rows.length
}
