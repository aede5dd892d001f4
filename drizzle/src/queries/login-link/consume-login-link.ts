import type { Sql } from '../../client.js'

/** Returns true once per link that has not expired. The UPDATE is atomic: of two concurrent calls one succeeds. */
export async function consumeLoginLink(sql: Sql, tokenHash: Buffer): Promise<boolean> {
  const { count } = await sql`
    update login_link set used_at = now()
    where token_hash = ${tokenHash} and used_at is null and expires_at > now()`
  return count === 1
}
