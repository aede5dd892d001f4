import { user, type Db } from '@whook/drizzle'
import { newId } from '@whook/runtime/ids'
import { eq } from 'drizzle-orm'

const identity = 'local owner'

/** Creates the one user of local mode if it does not exist. Returns the user's id. */
export async function ensureLocalOwner(db: Db): Promise<string> {
  const known = await findOwner(db)
  if (known) return known
  await db
    .insert(user)
    .values({ id: newId(), email: 'owner@localhost', name: 'Local owner', googleId: identity })
    .onConflictDoNothing()
  return (await findOwner(db))!
}

async function findOwner(db: Db): Promise<string | undefined> {
  const [owner] = await db.select({ id: user.id }).from(user).where(eq(user.googleId, identity))
  return owner?.id
}
