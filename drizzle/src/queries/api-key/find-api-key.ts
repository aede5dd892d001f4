import type { ApiKeyScope } from '@whook/shared'
import type { Sql } from '../../client.js'

export interface UsableApiKey {
  id: string
  userId: string
  scopes: ApiKeyScope[]
}

/** Returns the usable key with this hash, and updates its time of last use at most once a minute. */
export async function findApiKey(sql: Sql, hash: Buffer): Promise<UsableApiKey | undefined> {
  const [row] = await sql<(UsableApiKey & { stale: boolean })[]>`
    select id, user_id as "userId", scopes,
      last_used_at is null or last_used_at < now() - interval '1 minute' as stale
    from api_key
    where hash = ${hash} and revoked_at is null and (expires_at is null or expires_at > now())`
  if (row?.stale) {
    // The update repeats the condition, so that only one of several concurrent calls writes.
    await sql`
      update api_key set last_used_at = now()
      where id = ${row.id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`
  }
  return row
}
