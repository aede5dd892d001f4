import { and, eq, lte } from 'drizzle-orm'
import type { Db } from '../../client.js'
import { transformationVersion } from '../../schema/index.js'

/** Inserts a version and deletes those that are `keep` or more versions older. */
export async function storeVersion(
  db: Pick<Db, 'insert' | 'delete'>,
  values: { webhookId: string; version: number; script: string | null },
  keep: number,
): Promise<void> {
  await db.insert(transformationVersion).values(values)
  await db
    .delete(transformationVersion)
    .where(
      and(
        eq(transformationVersion.webhookId, values.webhookId),
        lte(transformationVersion.version, values.version - keep),
      ),
    )
}
