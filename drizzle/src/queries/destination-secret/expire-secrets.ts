import { and, desc, eq, gt, isNull, notInArray, or } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { destinationSecret } from '../../schema/index.js'

interface SecretExpiry {
  destinationId: string
  expiresAt: Date
  /** Maximum secrets that remain, newest first. */
  keep: number
}

/** Lets the secrets of a destination expire at a time, if not earlier. Deletes the oldest ones above `keep`. */
export async function expireSecrets(
  tx: Pick<Db, 'select' | 'update' | 'delete'>,
  { destinationId, expiresAt, keep }: SecretExpiry,
): Promise<void> {
  const ofDestination = eq(destinationSecret.destinationId, destinationId)
  await tx
    .update(destinationSecret)
    .set({ expiresAt })
    // An older secret must not expire after a newer one.
    .where(
      and(ofDestination, or(isNull(destinationSecret.expiresAt), gt(destinationSecret.expiresAt, expiresAt))),
    )
  const kept = tx
    .select({ id: destinationSecret.id })
    .from(destinationSecret)
    .where(ofDestination)
    .orderBy(desc(destinationSecret.createdAt))
    .limit(keep)
  await tx.delete(destinationSecret).where(and(ofDestination, notInArray(destinationSecret.id, kept)))
}
