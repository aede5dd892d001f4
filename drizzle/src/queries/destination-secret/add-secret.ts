import type { Db } from '../../client.js'
import { destinationSecret } from '../../schema/index.js'

/** `secret` is sealed. */
export async function addSecret(
  db: Pick<Db, 'insert'>,
  values: { id: string; destinationId: string; secret: string },
): Promise<void> {
  await db.insert(destinationSecret).values(values)
}
