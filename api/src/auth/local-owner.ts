import type { Db } from '@whook/drizzle'
import { createUser } from '@whook/drizzle/queries/user/create-user'
import { findUserByIdentity } from '@whook/drizzle/queries/user/find-user'
import { newId } from '@whook/runtime/ids'

const identity = 'local owner'

/** Creates the one user of local mode if it does not exist. Returns the user's id. */
export async function ensureLocalOwner(db: Db): Promise<string> {
  const known = await findUserByIdentity(db, identity)
  if (known) return known.id
  await createUser(db, { id: newId(), email: 'owner@localhost', name: 'Local owner', googleId: identity })
  return (await findUserByIdentity(db, identity))!.id
}
