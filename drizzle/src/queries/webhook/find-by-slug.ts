import { eq } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { webhook } from '../../schema/index.js'

const { id, userId, slug, status, response, limits, verification, onVerificationFailure } = webhook
const columns = { id, userId, slug, status, response, limits, verification, onVerificationFailure }

/** Returns the columns that ingest needs: one query by unique index. */
export async function findBySlug(db: Db, name: string) {
  const [row] = await db.select(columns).from(webhook).where(eq(slug, name))
  return row
}
