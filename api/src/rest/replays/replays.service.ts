import type { Db, Sql } from '@whook/drizzle'
import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/queries/delivery/live-columns'
import {
  cancelReplay,
  countReplay,
  createReplay,
  listReplays,
  readReplay,
} from '@whook/drizzle/queries/replay/bulk-replay'
import { letProbeThrough } from '@whook/drizzle/queries/destination-state/steer-circuit'
import { replayRequest } from '@whook/drizzle/queries/replay/replay-request'
import { resendEdited } from '@whook/drizzle/queries/replay/resend-edited'
import {
  ApiError,
  limits,
  type CreateReplayBody,
  type DeliveriesAnswer,
  type Delivery,
  type ListReplaysQuery,
  type LiveMessage,
  type Page,
  type Replay,
  type ReplayCount,
  type ReplayRequestBody,
  type RequestSummary,
} from '@whook/shared'
import { decodeCursor, encodeCursor, toPage, uuidPattern } from '../cursor.js'
import { checkStatuses } from '../deliveries/check-statuses.js'
import { createOwned } from '../owned.js'
import { checkEdit } from './check-edit.js'
import { editedEvent } from './edited-event.js'

interface ReplaysServiceDeps {
  db: Db
  sql: Sql
  publish: (userId: string, ...messages: LiveMessage[]) => void
  deliveriesDue: (destinationIds: string[]) => void
  deliveries: { byIds(userId: string, ids: string[]): Promise<Delivery[]> }
  bodyLimitBytes: number
  /** Throws ApiError when the user has reached a quota for stored requests. */
  checkQuotas: (userId: string) => void
  /** Maximum of concurrent replays of one user. */
  runningMax: number
  onRunningMax: () => void
  requests: { summary(userId: string, id: string): Promise<RequestSummary> }
}

type Selection = CreateReplayBody

export function createReplaysService(deps: ReplaysServiceDeps) {
  const { db, sql, publish, deliveriesDue, deliveries, requests } = deps
  const owned = createOwned(db)

  /**
   * Throws ApiError (404) for webhooks and destinations of another user. Requests of another user match nothing, as
   * deleted ones: a request may be deleted after the user selected it.
   */
  async function checkSelection(
    userId: string,
    { webhookId, requestFilter, requestIds, deliveryFilter, destinationIds = [] }: Selection,
  ) {
    const byRequests = webhookId !== undefined || requestFilter !== undefined || requestIds !== undefined
    if (byRequests === (deliveryFilter !== undefined)) {
      const message =
        'must select either requests (webhookId, requestFilter, requestIds) or deliveries (deliveryFilter)'
      throw new ApiError('validation', { errors: [{ path: '', message }] })
    }
    if (byRequests && !webhookId && !requestIds) {
      throw new ApiError('validation', {
        errors: [{ path: '/webhookId', message: 'is required with requestFilter' }],
      })
    }
    checkStatuses(deliveryFilter?.status, '/deliveryFilter/status')
    for (const id of [webhookId, deliveryFilter?.webhookId]) if (id) await owned.webhook(userId, id)
    for (const id of [deliveryFilter?.destinationId, ...destinationIds]) {
      if (id) await owned.destination(userId, id)
    }
    if (deliveryFilter?.replayId) await owned.replay(userId, deliveryFilter.replayId)
  }

  async function read(userId: string, id: string): Promise<Replay> {
    const replay = await readReplay(sql, id, userId)
    if (!replay) throw new ApiError('replay-not-found')
    return replay
  }

  async function announce(userId: string, changes: DeliveryChange[]): Promise<DeliveriesAnswer> {
    publish(
      userId,
      ...changes.map((change) => ({ type: 'delivery.updated' as const, delivery: toLiveDelivery(change) })),
    )
    const lanes = changes.map(({ destinationId }) => destinationId)
    await letProbeThrough(sql, lanes)
    deliveriesDue(lanes)
    return {
      items: await deliveries.byIds(
        userId,
        changes.map(({ id }) => id),
      ),
    }
  }

  return {
    async one(
      userId: string,
      requestId: string,
      { destinationIds, edit }: ReplayRequestBody,
    ): Promise<DeliveriesAnswer> {
      const original = await owned.request(userId, requestId)
      await checkDestinations(userId, original.webhookId, destinationIds)
      if (!edit) return announce(userId, await replayRequest(sql, { userId, requestId, destinationIds }))
      deps.checkQuotas(userId)
      checkEdit(edit, deps)
      const event = editedEvent(original, edit)
      const made = await resendEdited(sql, { userId, requestId, edit, event, destinationIds })
      if (!made) throw new ApiError('request-not-found')
      publish(userId, { type: 'request.stored', request: await requests.summary(userId, made.requestId) })
      return announce(userId, made.deliveries)
    },

    async count(userId: string, selection: Selection): Promise<ReplayCount> {
      await checkSelection(userId, selection)
      return countReplay(sql, { userId, selection })
    },

    async start(userId: string, selection: Selection): Promise<Replay> {
      await checkSelection(userId, selection)
      const { runningMax } = deps
      const id = await createReplay({ db, sql }, { userId, selection, runningMax }).catch(
        (error: unknown) => {
          if (error instanceof ApiError && error.code === 'quota-reached') deps.onRunningMax()
          throw error
        },
      )
      const replay = await read(userId, id)
      publish(userId, { type: 'replay.updated', replay })
      return replay
    },

    async list(
      userId: string,
      { limit = limits.pageDefault, cursor }: ListReplaysQuery,
    ): Promise<Page<Replay>> {
      const before = decodeCursor('replays', cursor, [uuidPattern])?.[0]
      const rows = await listReplays(sql, { userId, before, limit: limit + 1 })
      return toPage(
        rows,
        limit,
        (row) => row,
        ({ id }) => encodeCursor('replays', [id]),
      )
    },

    get: read,

    async cancel(userId: string, replayId: string): Promise<Replay> {
      const cancelled = await cancelReplay(sql, { userId, replayId })
      const replay = await read(userId, replayId)
      if (!cancelled) throw new ApiError('conflict', { detail: `The replay is already ${replay.status}` })
      publish(userId, { type: 'replay.updated', replay })
      return replay
    },
  }

  async function checkDestinations(userId: string, webhookId: string, ids: string[] = []) {
    for (const [index, id] of ids.entries()) {
      const destination = await owned.destination(userId, id)
      if (destination.webhookId === webhookId && destination.enabled) continue
      const message = destination.enabled ? 'belongs to another webhook' : 'is disabled; enable it first'
      throw new ApiError('validation', { errors: [{ path: `/destinationIds/${index}`, message }] })
    }
  }
}

export type ReplaysService = ReturnType<typeof createReplaysService>
