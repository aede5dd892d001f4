import { user, type Db } from '@whook/drizzle'
import { newId } from '@whook/shared/server/ids'
import { eq } from 'drizzle-orm'

const identity = 'local owner'

/** The one user of local mode, made at first need. Answers the id. */
export async function ensureLocalOwner(db: Db): Promise<string> {
  await db
    .insert(user)
    .values({ id: newId(), email: 'owner@localhost', name: 'Local owner', googleId: identity })
    .onConflictDoNothing()
  const [owner] = await db.select({ id: user.id }).from(user).where(eq(user.googleId, identity))
  return owner!.id
}
