import type { Db } from '@whook/drizzle'
import {
  findVersion,
  listVersions,
  type TransformationVersionRow,
} from '@whook/drizzle/queries/transformation-version/list-versions'
import { storeVersion } from '@whook/drizzle/queries/transformation-version/store-version'
import type { WebhookRow } from '@whook/drizzle/queries/webhook/find-webhook'
import { storeScript } from '@whook/drizzle/queries/webhook/store-script'
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
import { pruneVersions } from '@whook/drizzle/queries/transformation-version/prune-versions'
import { lockOwner } from '@whook/drizzle/within-limit'
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
    const { version, updatedAt } = await db.transaction(async (tx) => {
      await lockOwner(tx, { userId })
      const stored = await storeScript(tx, { userId, webhookId, script })
      if (!stored) throw new ApiError('webhook-not-found')
      await storeVersion(tx, { webhookId, version: stored.version, script }, limits.scriptVersionsMax)
      if (versionBytesMax < Infinity) onPruned(await pruneVersions(tx, userId, versionBytesMax))
      return stored
    })
    await liveBus.control({ type: 'webhook.changed', webhookIds: [webhookId] })
    return { webhookId, script, version, updatedAt: updatedAt.toISOString() }
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
      const before = key && Number(key[0])
      const rows = await listVersions(db, { webhookId, before, limit: limit + 1 })
      return toPage(rows, limit, toVersion, ({ version }) => encodeCursor('versions', [String(version)]))
    },

    async restore(userId: string, webhookId: string, version: number): Promise<Transformation> {
      await owned.webhook(userId, webhookId)
      const row = await findVersion(db, webhookId, version)
      if (!row) throw new ApiError('version-not-found')
      return store(userId, webhookId, row.script)
    },
  }
}

export type TransformationsService = ReturnType<typeof createTransformationsService>

const toTransformation = (row: WebhookRow): Transformation => ({
  webhookId: row.id,
  script: row.script,
  version: row.scriptVersion,
  updatedAt: row.scriptUpdatedAt?.toISOString() ?? null,
})

const toVersion = (row: TransformationVersionRow): TransformationVersion => ({
  version: row.version,
  script: row.script,
  createdAt: row.createdAt.toISOString(),
})
