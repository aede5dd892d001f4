import { createHash, randomBytes } from 'node:crypto'
import { loginLink, type Db, type Sql } from '@whook/drizzle'
import { limits } from '@whook/shared'
import { clock } from '@whook/runtime/clock'

const hash = (token: string) => createHash('sha256').update(token).digest()

/** Returns a one-time sign-in link for local mode. The token is in the URL fragment, so no server log contains it. */
export async function createLoginLink(db: Db, publicUrl: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(clock.now() + limits.loginLinkSecondsMax * 1000)
  await db.insert(loginLink).values({ tokenHash: hash(token), expiresAt })
  return `${publicUrl}/login#token=${token}`
}

/** Returns true once per link, within 10 minutes. The UPDATE is atomic: of two concurrent calls one succeeds. */
export async function consumeLoginLink(sql: Sql, token: string): Promise<boolean> {
  const { count } = await sql`
    update login_link set used_at = now()
    where token_hash = ${hash(token)} and used_at is null and expires_at > now()`
  return count === 1
}
