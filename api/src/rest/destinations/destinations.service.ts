import type { Db, Sql } from '@whook/drizzle'
import { addSecret } from '@whook/drizzle/queries/destination-secret/add-secret'
import { expireSecrets } from '@whook/drizzle/queries/destination-secret/expire-secrets'
import { listSecrets } from '@whook/drizzle/queries/destination-secret/list-secrets'
import { listStates } from '@whook/drizzle/queries/destination-state/list-states'
import { createDestination } from '@whook/drizzle/queries/destination/create-destination'
import { deleteDestination } from '@whook/drizzle/queries/destination/delete-destination'
import type { DestinationRow } from '@whook/drizzle/queries/destination/find-destination'
import { listDestinations } from '@whook/drizzle/queries/destination/list-destinations'
import { readDay } from '@whook/drizzle/queries/destination/read-day'
import { updateDestination } from '@whook/drizzle/queries/destination/update-destination'
import {
  ApiError,
  defaultDestinationLimits,
  defaultRetryPolicy,
  limits,
  type CreatedDestination,
  type CreateDestinationBody,
  type Delivery,
  type Destination,
  type ListDestinationsQuery,
  type LiveMessage,
  type Page,
  type RotatedSecret,
  type RotateSecretBody,
  type TestFilterBody,
  type TestFilterResult,
  type UpdateDestinationBody,
} from '@whook/shared'
import { cancelOrphanedDeliveries, holdBatchMax } from '@whook/drizzle/queries/delivery/hold-deliveries'
import { closeCircuit, letProbeThrough } from '@whook/drizzle/queries/destination-state/steer-circuit'
import type { LiveBus } from '@whook/runtime/live-bus/live-bus'
import { newSigningSecret } from '@whook/runtime/outbound/sign'
import { secretContexts, type SecretBox } from '@whook/runtime/secrets'
import { clock } from '@whook/runtime/clock'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'
import { createOwned } from '../owned.js'
import { checkDestination, type DestinationChecks } from './destination-rules.js'
import { toDestination, toHealth } from './to-destination.js'

interface DestinationsServiceDeps extends DestinationChecks {
  db: Db
  sql: Sql
  secrets: SecretBox
  liveBus: Pick<LiveBus, 'control'>
  publish: (userId: string, message: LiveMessage) => void
  deliveriesDue: (destinationIds: string[]) => void
  newId: () => string
  sendTest: (userId: string, target: DestinationRow) => Promise<Delivery>
  tryFilter: (userId: string, webhookId: string, body: TestFilterBody) => Promise<TestFilterResult>
}

/** Milliseconds that deleting a destination may spend on cancelling its waiting deliveries. */
const cancellingMs = 3000

export function createDestinationsService(deps: DestinationsServiceDeps) {
  const { db, sql, secrets, liveBus, publish, newId } = deps
  const owned = createOwned(db)

  async function present(rows: DestinationRow[]): Promise<Destination[]> {
    const ids = rows.map(({ id }) => id)
    if (ids.length === 0) return []
    const [secretRows, states, days] = await Promise.all([
      listSecrets(sql, ids),
      listStates(db, ids),
      readDay(sql, ids),
    ])
    return rows.map((row) =>
      toDestination(
        row,
        secretRows.filter(({ destinationId }) => destinationId === row.id),
        toHealth(
          states.find(({ destinationId }) => destinationId === row.id),
          days.find(({ destinationId }) => destinationId === row.id),
        ),
      ),
    )
  }

  async function makeSecret(tx: Pick<Db, 'insert'>, destinationId: string): Promise<string> {
    const [id, secret] = [newId(), newSigningSecret()]
    const sealed = secrets.seal(secretContexts.signingSecret(id), secret)
    await addSecret(tx, { id, destinationId, secret: sealed })
    return secret
  }

  async function changed(userId: string, row: DestinationRow): Promise<Destination> {
    await liveBus.control({ type: 'webhook.changed', webhookIds: [row.webhookId] })
    // Wakes the workers: they hold the deliveries of a disabled destination and resume those of an enabled one.
    deps.deliveriesDue([row.id])
    const [fresh] = await present([row])
    const { id, webhookId, enabled, disabledReason, health } = fresh!
    publish(userId, {
      type: 'destination.updated',
      destination: { id, webhookId, enabled, disabledReason, circuit: health.circuit },
    })
    return fresh!
  }

  return {
    async create(
      userId: string,
      webhookId: string,
      body: CreateDestinationBody,
    ): Promise<CreatedDestination> {
      await owned.webhook(userId, webhookId)
      const { url } = await checkDestination(userId, body, deps)
      const made = await db.transaction(async (tx) => {
        const values = {
          id: newId(),
          webhookId,
          url: url!,
          name: body.name ?? new URL(url!).host.slice(0, limits.nameCharsMax),
          enabled: body.enabled ?? true,
          headers: body.headers ?? [],
          forwardHeaders: lowered(body.forwardHeaders) ?? [],
          appendPath: body.appendPath ?? true,
          timeoutMs: body.timeoutMs ?? limits.deliveryTimeoutMsDefault,
          retry: { ...defaultRetryPolicy, ...body.retry },
          limits: { ...defaultDestinationLimits, ...body.limits },
          filter: body.filter ?? null,
          script: body.script ?? null,
          orderingKey: body.orderingKey ?? null,
        }
        const row = await createDestination(tx, values, {
          max: limits.destinationsPerWebhookMax,
          refusal: () =>
            new ApiError('limit-reached', {
              detail: `At most ${limits.destinationsPerWebhookMax} destinations per webhook; delete one first`,
            }),
        })
        return { row, secret: await makeSecret(tx, row.id) }
      })
      return { ...(await changed(userId, made.row)), secret: made.secret }
    },

    async list(userId: string, webhookId: string, query: ListDestinationsQuery): Promise<Page<Destination>> {
      await owned.webhook(userId, webhookId)
      const { limit = limits.pageDefault, cursor } = query
      const key = decodeCursor('destinations', cursor, [uuidPattern])
      const rows = await listDestinations(db, { webhookId, after: key?.[0], limit: limit + 1 })
      const page = toPage(
        rows,
        limit,
        (row) => row,
        (row) => encodeCursor('destinations', [row.id]),
      )
      return { items: await present(page.items), nextCursor: page.nextCursor }
    },

    async get(userId: string, id: string): Promise<Destination> {
      const [found] = await present([await owned.destination(userId, id)])
      return found!
    },

    async update(userId: string, id: string, body: UpdateDestinationBody): Promise<Destination> {
      const known = await owned.destination(userId, id)
      const { url } = await checkDestination(userId, body, deps, known)
      const { retry, limits: wished, forwardHeaders, url: _raw, ...rest } = body
      // The row lock prevents lost updates by concurrent changes.
      const { before, row } = await db.transaction(async (tx) => {
        const before = await createOwned(tx).destination(userId, id, { lock: true })
        const row = await updateDestination(tx, id, {
          ...rest,
          ...(url ? { url } : {}),
          ...(retry ? { retry: { ...before.retry, ...retry } } : {}),
          ...(wished ? { limits: { ...before.limits, ...wished } } : {}),
          ...(forwardHeaders ? { forwardHeaders: lowered(forwardHeaders) } : {}),
          disabledReason: (body.enabled ?? before.enabled) ? null : (before.disabledReason ?? 'user'),
        })
        return { before, row }
      })
      // Failures at the old URL, or before the destination was enabled again, must not block new deliveries.
      if (row.url !== before.url || (row.enabled && !before.enabled)) await closeCircuit(sql, id)
      return changed(userId, row)
    },

    async rotateSecret(
      userId: string,
      id: string,
      { overlapHours = 24 }: RotateSecretBody,
    ): Promise<RotatedSecret> {
      const row = await owned.destination(userId, id)
      const expiresAt = new Date(clock.now() + overlapHours * 3_600_000)
      const secret = await db.transaction(async (tx) => {
        // Without the lock a concurrent rotation would not see the secret that this one adds.
        await createOwned(tx).destination(userId, id, { lock: true })
        await expireSecrets(tx, { destinationId: id, expiresAt, keep: limits.signingSecretsMax - 1 })
        return makeSecret(tx, id)
      })
      await changed(userId, row)
      return { secret, previousExpiresAt: expiresAt.toISOString() }
    },

    /** Sends the next delivery of an open circuit now, as the probe. Throws ApiError (409) if the circuit is closed. */
    async tryNow(userId: string, id: string): Promise<Destination> {
      const row = await owned.destination(userId, id)
      if (!row.enabled)
        throw new ApiError('conflict', { detail: 'The destination is disabled; enable it first' })
      const [before] = await present([row])
      if (before!.health.circuit === 'closed')
        throw new ApiError('conflict', { detail: 'The circuit is closed; deliveries are not paused' })
      await letProbeThrough(sql, [id])
      deps.deliveriesDue([id])
      return (await present([row]))[0]!
    },

    async test(userId: string, id: string): Promise<Delivery> {
      return deps.sendTest(userId, await owned.destination(userId, id))
    },

    async testFilter(userId: string, webhookId: string, body: TestFilterBody): Promise<TestFilterResult> {
      await owned.webhook(userId, webhookId)
      return deps.tryFilter(userId, webhookId, body)
    },

    async remove(userId: string, id: string): Promise<void> {
      const { webhookId } = await owned.destination(userId, id)
      // Workers stop claiming now. Waiting deliveries are cancelled in batches, the rest by the maintenance job.
      await deleteDestination(db, id)
      await liveBus.control({ type: 'webhook.changed', webhookIds: [webhookId] })
      publish(userId, { type: 'destination.deleted', webhookId, destinationId: id })
      const until = performance.now() + cancellingMs
      for (let batch = holdBatchMax; batch >= holdBatchMax && performance.now() < until;) {
        batch = (await cancelOrphanedDeliveries(sql, id)).length
      }
    },
  }
}

const lowered = (names: string[] | undefined) => names?.map((name) => name.trim().toLowerCase())

export type DestinationsService = ReturnType<typeof createDestinationsService>
