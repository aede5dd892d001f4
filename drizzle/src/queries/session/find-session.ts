import { limits } from '@whook/shared'
import type { Sql } from '../../client.js'

/** `last_seen_at` is updated at most this often. */
const seenEverySeconds = 60

/** Returns the session with this hash if it has not expired, and updates the time it was last seen. */
export async function findSession(sql: Sql, idHash: Buffer): Promise<{ userId: string } | undefined> {
  const [row] = await sql<{ userId: string; seenSeconds: number }[]>`
    select user_id as "userId", extract(epoch from now() - last_seen_at)::float8 as "seenSeconds" from session
    where id_hash = ${idHash} and expires_at > now()
      and last_seen_at > now() - make_interval(days => ${limits.sessionIdleDays})`
  if (!row) return undefined
  if (row.seenSeconds > seenEverySeconds) {
    await sql`
      update session set last_seen_at = now()
      where id_hash = ${idHash} and last_seen_at < now() - make_interval(secs => ${seenEverySeconds})`
  }
  return { userId: row.userId }
}
