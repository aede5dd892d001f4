import { transformationVersion, webhook, type Db } from '@whook/drizzle'
import {
  ApiError,
  limits,
  type ListVersionsQuery,
  type Page,
  type PutTransformationBody,
  type Transformation,
  type TransformationVersion,
} from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { pruneVersions } from '@whook/drizzle/prune-versions'
import { lockOwner } from '@whook/drizzle/within-limit'
import { and, desc, eq, lt, lte, sql as raw } from 'drizzle-orm'
import { decodeCursor, encodeCursor, toPage } from '../cursor.js'
import { createOwned } from '../owned.js'
import type { Scripts } from './scripts.js'

interface TransformationsServiceDeps {
  db: Db
  liveBus: Pick<LiveBus, 'control'>
  scripts: Pick<Scripts, 'check'>
  /** Maximum bytes of all script versions of one user. */
  versionBytesMax: number
  onPruned: (versions: number) => void
}

/** The webhook's script and its versions. Every script is checked before it is stored, so stored scripts load. */
export function createTransformationsService({
  db,
  liveBus,
  scripts,
  versionBytesMax,
  onPruned,
}: TransformationsServiceDeps) {
  const owned = createOwned(db)

  /** The lock on the user serializes saves, so that each save counts the versions of the others. */
  async function store(userId: string, webhookId: string, script: string | null): Promise<Transformation> {
    const row = await db.transaction(async (tx) => {
      await lockOwner(tx, { userId })
      const [row] = await tx
        .update(webhook)
        .set({ script, scriptVersion: raw`${webhook.scriptVersion} + 1`, scriptUpdatedAt: raw`now()` })
        .where(and(eq(webhook.id, webhookId), eq(webhook.userId, userId)))
        .returning()
      if (!row) throw new ApiError('webhook-not-found')
      await tx.insert(transformationVersion).values({ webhookId, version: row.scriptVersion, script })
      const expired = row.scriptVersion - limits.scriptVersionsMax
      await tx.delete(transformationVersion).where(ofVersion(webhookId, lte, expired))
      if (versionBytesMax < Infinity) onPruned(await pruneVersions(tx, userId, versionBytesMax))
      return row
    })
    await liveBus.control({ type: 'webhook.changed', webhookIds: [webhookId] })
    return toTransformation(row)
  }

  return {
    async get(userId: string, webhookId: string): Promise<Transformation> {
      return toTransformation(await owned.webhook(userId, webhookId))
    },

    async save(
      userId: string,
      webhookId: string,
      { script }: PutTransformationBody,
    ): Promise<Transformation> {
      const before = await owned.webhook(userId, webhookId)
      if (script === before.script) return toTransformation(before)
      const errors = script === null ? [] : await scripts.check(userId, script)
      if (errors.length > 0) throw new ApiError('validation', { errors })
      return store(userId, webhookId, script)
    },

    async listVersions(
      userId: string,
      webhookId: string,
      { limit = limits.pageDefault, cursor }: ListVersionsQuery,
    ): Promise<Page<TransformationVersion>> {
      await owned.webhook(userId, webhookId)
      const key = decodeCursor('versions', cursor, [/^\d{1,9}$/])
      const before = key ? ofVersion(webhookId, lt, Number(key[0])) : undefined
      const rows = await db
        .select()
        .from(transformationVersion)
        .where(before ?? eq(transformationVersion.webhookId, webhookId))
        .orderBy(desc(transformationVersion.version))
        .limit(limit + 1)
      return toPage(rows, limit, toVersion, ({ version }) => encodeCursor('versions', [String(version)]))
    },

    async restore(userId: string, webhookId: string, version: number): Promise<Transformation> {
      await owned.webhook(userId, webhookId)
      const [row] = await db
        .select()
        .from(transformationVersion)
        .where(ofVersion(webhookId, eq, version))
      if (!row) throw new ApiError('version-not-found')
      return store(userId, webhookId, row.script)
    },
  }
}

export type TransformationsService = ReturnType<typeof createTransformationsService>

const ofVersion = (webhookId: string, compare: typeof eq | typeof lt | typeof lte, version: number) =>
  and(eq(transformationVersion.webhookId, webhookId), compare(transformationVersion.version, version))

const toTransformation = (row: typeof webhook.$inferSelect): Transformation => ({
  webhookId: row.id,
  script: row.script,
  version: row.scriptVersion,
  updatedAt: row.scriptUpdatedAt?.toISOString() ?? null,
})

const toVersion = (row: typeof transformationVersion.$inferSelect): TransformationVersion => ({
  version: row.version,
  script: row.script,
  createdAt: row.createdAt.toISOString(),
})
