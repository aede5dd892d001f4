import type { Sql } from '@whook/drizzle'
import { upsertUser as storeUser } from '@whook/drizzle/queries/user/upsert-user'
import { newId } from '@whook/runtime/ids'
import { SignInError } from './sign-in-error.js'
import type { IdClaims } from './verify-id-token.js'

const nameCharsMax = 200

/**
 * Creates or updates the account of an identity. Returns the user's id. Throws SignInError `email-taken`.
 * The identity is issuer and subject, never the e-mail: an address can be reassigned to another person.
 */
export async function upsertUser(
  sql: Sql,
  { issuer, claims, email }: { issuer: string; claims: IdClaims; email: string },
) {
  const name = (claims.name?.trim() || email).slice(0, nameCharsMax)
  const picture = httpsUrl(claims.picture)
  const identity = `${issuer} ${claims.sub}`
  return storeUser(sql, { id: newId(), email, name, picture, identity }).catch((error: { code?: string }) => {
    if (error.code === '23505')
      throw new SignInError('email-taken', 'another identity has this e-mail', error)
    throw error
  })
}

/** Only https URLs: the dashboard loads the picture in an <img>. */
const httpsUrl = (url: string | undefined) =>
  url && url.length <= 2048 && URL.canParse(url) && new URL(url).protocol === 'https:' ? url : null
