import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { user } from '../../schema/index.js'

export type UserRow = typeof user.$inferSelect

export async function findUser(db: Db, id: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(user).where(eq(user.id, id))
  return row
}

/** `identity` is the issuer and the subject of an OpenID provider, or the local owner. */
export async function findUserByIdentity(db: Db, identity: string): Promise<UserRow | undefined> {
  const [row] = await db.select().from(user).where(eq(user.googleId, identity))
  return row
}
