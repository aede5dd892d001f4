import type { Db, Sql } from '@whook/drizzle'
import { listDestinationIds } from '@whook/drizzle/queries/destination/list-destinations'
import { createWebhook } from '@whook/drizzle/queries/webhook/create-webhook'
import { deleteWebhook } from '@whook/drizzle/queries/webhook/delete-webhook'
import type { WebhookRow } from '@whook/drizzle/queries/webhook/find-webhook'
import { listWebhooks } from '@whook/drizzle/queries/webhook/list-webhooks'
import { readFigures } from '@whook/drizzle/queries/webhook/read-figures'
import { updateWebhook } from '@whook/drizzle/queries/webhook/update-webhook'
import {
  ApiError,
  limits,
  type CreateWebhookBody,
  type ListWebhooksQuery,
  type LiveMessage,
  type Page,
  type UpdateWebhookBody,
  type VerificationInput,
  type Webhook,
} from '@whook/shared'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'
import { createOwned } from '../owned.js'
import { checkLimits, type ServerLimits } from './limit-rules.js'
import { checkResponse } from './response-rules.js'
import { toWebhook } from './to-webhook.js'
import { checkVerification } from './verification-rules.js'

interface WebhooksServiceDeps {
  db: Db
  sql: Sql
  secrets: SecretBox
  liveBus: Pick<LiveBus, 'control'>
  publish: (userId: string, message: LiveMessage) => void
  deliveriesDue: (destinationIds: string[]) => void
  publicUrl: string
  serverLimits: ServerLimits
  newId: () => string
  newSlug: () => string
}

const noLimits = { requestsPerSecond: null, bodyBytesMax: null, retentionDays: null }

/** Rules of webhooks. Changes are published to the caches of other processes before a call returns. */
export function createWebhooksService(deps: WebhooksServiceDeps) {
  const { db, sql, secrets, liveBus, publish, publicUrl, newId, newSlug } = deps
  const owned = createOwned(db)

  async function present(rows: WebhookRow[]): Promise<Webhook[]> {
    const figures = await readFigures(
      sql,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => toWebhook(row, figures.get(row.id)!, publicUrl))
  }

  async function changed(row: WebhookRow, slugs = [row.slug]): Promise<Webhook> {
    await liveBus.control({ type: 'slug.changed', slugs })
    await liveBus.control({ type: 'webhook.changed', webhookIds: [row.id] })
    const [fresh] = await present([row])
    publish(row.userId, { type: 'webhook.updated', webhook: fresh! })
    return fresh!
  }

  return {
    async create(userId: string, { name }: CreateWebhookBody): Promise<Webhook> {
      const values = {
        id: newId(),
        userId,
        slug: newSlug(),
        name,
        onVerificationFailure: 'hold' as const,
        response: { status: 202, headers: [], body: null },
        limits: noLimits,
      }
      const row = await createWebhook(db, values, {
        max: limits.webhooksPerUserMax,
        refusal: () =>
          new ApiError('limit-reached', {
            detail: `At most ${limits.webhooksPerUserMax} webhooks per user; delete one first`,
          }),
      })
      const [created] = await present([row])
      // Caches may have stored that this slug does not exist.
      await liveBus.control({ type: 'slug.changed', slugs: [row.slug] })
      publish(userId, { type: 'webhook.created', webhook: created! })
      return created!
    },

    async list(
      userId: string,
      { limit = limits.pageDefault, cursor, q }: ListWebhooksQuery,
    ): Promise<Page<Webhook>> {
      const key = decodeCursor('webhooks', cursor, [uuidPattern])
      const rows = await listWebhooks(db, { userId, before: key?.[0], q, limit: limit + 1 })
      const page = toPage(
        rows,
        limit,
        (row) => row,
        (row) => encodeCursor('webhooks', [row.id]),
      )
      return { items: await present(page.items), nextCursor: page.nextCursor }
    },

    async get(userId: string, id: string): Promise<Webhook> {
      const [found] = await present([await owned.webhook(userId, id)])
      return found!
    },

    async update(userId: string, id: string, body: UpdateWebhookBody): Promise<Webhook> {
      if (body.limits) checkLimits(body.limits, deps.serverLimits)
      // Checks only the submitted fields: a stored header that is no longer allowed is dropped from responses.
      if (body.response) checkResponse(body.response)
      const verification = body.verification && sealVerification(id, checkVerification(body.verification))
      // The row lock prevents lost updates by concurrent changes.
      const row = await db.transaction(async (tx) => {
        const before = await createOwned(tx).webhook(userId, id, { lock: true })
        return updateWebhook(tx, id, {
          name: body.name ?? before.name,
          status: body.status ?? before.status,
          response: { ...before.response, ...body.response },
          verification: verification === undefined ? before.verification : verification,
          onVerificationFailure: body.onVerificationFailure ?? before.onVerificationFailure,
          limits: { ...before.limits, ...body.limits },
        })
      })
      const updated = await changed(row)
      // Resume waiting deliveries, each at its due time.
      if (body.status === 'active') deps.deliveriesDue(await listDestinationIds(db, id))
      return updated
    },

    async rotateUrl(userId: string, id: string): Promise<Webhook> {
      // With the lock, the later of two rotations reads the earlier one's slug and invalidates it everywhere.
      const { before, row } = await db.transaction(async (tx) => {
        const before = await createOwned(tx).webhook(userId, id, { lock: true })
        return { before, row: await updateWebhook(tx, id, { slug: newSlug() }) }
      })
      return changed(row, [before.slug, row.slug])
    },

    async remove(userId: string, id: string): Promise<void> {
      const { slug } = await owned.webhook(userId, id)
      // Requests and deliveries are inaccessible from now on; the maintenance job deletes their rows.
      await deleteWebhook(db, id)
      await liveBus.control({ type: 'slug.changed', slugs: [slug] })
      await liveBus.control({ type: 'webhook.changed', webhookIds: [id] })
      publish(userId, { type: 'webhook.deleted', webhookId: id })
    },
  }

  function sealVerification(id: string, { provider, secrets: plain, verifyToken }: VerificationInput) {
    const seal = (secret: string) => secrets.seal(secretContexts.verification(id), secret)
    return {
      provider,
      secrets: plain.map(seal),
      ...(verifyToken === undefined ? {} : { verifyToken: seal(verifyToken) }),
    }
  }
}

export type WebhooksService = ReturnType<typeof createWebhooksService>
