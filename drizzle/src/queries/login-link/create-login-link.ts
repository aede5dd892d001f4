import type { Db } from '../../client.js'
import { loginLink } from '../../schema/index.js'

export async function createLoginLink(db: Db, values: { tokenHash: Buffer; expiresAt: Date }): Promise<void> {
  await db.insert(loginLink).values(values)
}
