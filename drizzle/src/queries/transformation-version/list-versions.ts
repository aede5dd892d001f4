import { and, desc, eq, lt } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { transformationVersion } from '../../schema/index.js'

export type TransformationVersionRow = typeof transformationVersion.$inferSelect

/** Returns the versions of a webhook's script below `before`, newest first. */
export const listVersions = (
  db: Db,
  { webhookId, before, limit }: { webhookId: string; before?: number; limit: number },
): Promise<TransformationVersionRow[]> =>
  db
    .select()
    .from(transformationVersion)
    .where(
      and(
        eq(transformationVersion.webhookId, webhookId),
        before === undefined ? undefined : lt(transformationVersion.version, before),
      ),
    )
    .orderBy(desc(transformationVersion.version))
    .limit(limit)

export async function findVersion(
  db: Db,
  webhookId: string,
  version: number,
): Promise<TransformationVersionRow | undefined> {
  const [row] = await db
    .select()
    .from(transformationVersion)
    .where(and(eq(transformationVersion.webhookId, webhookId), eq(transformationVersion.version, version)))
  return row
}
