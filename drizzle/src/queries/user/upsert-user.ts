import type { Sql } from '../../client.js'

interface SignedInUser {
  /** The id when the identity is new. */
  id: string
  email: string
  name: string
  picture: string | null
  /** The issuer and the subject. */
  identity: string
}

/**
 * Creates or updates the user of an identity, and sets the time of the sign-in. Returns the user's id. Throws SQLSTATE
 * 23505 when another identity has the e-mail.
 */
export async function upsertUser(
  sql: Sql,
  { id, email, name, picture, identity }: SignedInUser,
): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    insert into "user" (id, email, name, picture, google_id, last_login)
    values (${id}, ${email}, ${name}, ${picture}, ${identity}, now())
    on conflict (google_id) do update set
      email = excluded.email, name = excluded.name, picture = excluded.picture, last_login = excluded.last_login
    returning id`
  return row!.id
}
