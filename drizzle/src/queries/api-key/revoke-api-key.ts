import type { Sql } from '../../client.js'
import { scopedTo } from '../scoped-to.js'

/** Returns false when the key belongs to another user or is revoked. */
export async function revokeApiKey(
  sql: Sql,
  { userId, id }: { userId: string; id: string },
): Promise<boolean> {
  const { count } = await sql`
    update api_key set revoked_at = now()
    where id = ${id}::uuid and ${scopedTo(userId).in(sql, 'api_key')} and revoked_at is null`
  return count > 0
}
