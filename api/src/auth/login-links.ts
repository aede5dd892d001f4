import { createHash, randomBytes } from 'node:crypto'
import type { Db, Sql } from '@whook/drizzle'
import { consumeLoginLink as consumeByHash } from '@whook/drizzle/queries/login-link/consume-login-link'
import { createLoginLink as insertLoginLink } from '@whook/drizzle/queries/login-link/create-login-link'
import { limits } from '@whook/shared'
import { clock } from '@whook/runtime/clock'

const hash = (token: string) => createHash('sha256').update(token).digest()

/** Returns a one-time sign-in link for local mode. The token is in the URL fragment, so no server log contains it. */
export async function createLoginLink(db: Db, publicUrl: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(clock.now() + limits.loginLinkSecondsMax * 1000)
  await insertLoginLink(db, { tokenHash: hash(token), expiresAt })
  return `${publicUrl}/login#token=${token}`
}

/** Returns true once per link, within 10 minutes. */
export const consumeLoginLink = (sql: Sql, token: string): Promise<boolean> => consumeByHash(sql, hash(token))
