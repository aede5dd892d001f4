import type { Db, Sql } from '@whook/drizzle'
import { listAttempts } from '@whook/drizzle/queries/attempt/list-attempts'
import {
  listDeliveries,
  listOfRequest,
  readDeliveries,
  readDelivery,
  type DeliveryPlace,
  type DeliveryRow,
} from '@whook/drizzle/queries/delivery/read-deliveries'
import { findBusy } from '@whook/drizzle/queries/destination/find-busy'
import { holdBatchMax } from '@whook/drizzle/queries/delivery/hold-deliveries'
import { releaseVerificationHeld } from '@whook/drizzle/queries/delivery/hold-for-verification'
import { letProbeThrough } from '@whook/drizzle/queries/destination-state/steer-circuit'
import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/queries/delivery/live-columns'
import { cancelDelivery, deliverAnyway, retryDelivery } from '@whook/drizzle/queries/delivery/steer-delivery'
import {
  ApiError,
  limits,
  type Delivery,
  type DeliveryWithAttempts,
  type ListDeliveriesQuery,
  type ListRequestDeliveriesQuery,
  type LiveMessage,
  type Page,
  type ReleaseDeliveriesBody,
  type ReleasedDeliveries,
  type Waiting,
} from '@whook/shared'
import { decodeCursor, encodeCursor, timePattern, toPage, uuidPattern } from '../cursor.js'
import { createOwned } from '../owned.js'
import { checkStatuses } from './check-statuses.js'
import { toAttempt, toDelivery } from './to-delivery.js'
import { dueDestinations } from './waiting-for.js'

interface DeliveriesServiceDeps {
  db: Db
  sql: Sql
  publish: (userId: string, message: LiveMessage) => void
  deliveriesDue: (destinationIds: string[]) => void
}

const retryRefusals: Partial<Record<Waiting['reason'], string>> = {
  ordering: 'An earlier delivery with the same ordering value is unfinished; retry or cancel that one',
  'webhook-paused': 'Its webhook is paused; resume it first',
  'webhook-disabled': 'Its webhook is disabled; enable it first',
  'destination-disabled': 'Its destination is disabled; enable it first',
}
/** Milliseconds that one call may spend on releasing held deliveries. */
const releasingMs = 3000

const inFlight = 'The delivery is in flight; retry after the attempt ends'
/** Returns why the action is not possible in the delivery's state. */
const refusals: Record<keyof typeof moves, (delivery: Pick<Delivery, 'status' | 'waiting'>) => string> = {
  retry: ({ status, waiting }) =>
    waiting
      ? (retryRefusals[waiting.reason] ?? `The delivery is waiting (${waiting.reason}); read it again`)
      : status === 'delivering'
        ? inFlight
        : `Only waiting, dead and cancelled deliveries can be retried; this delivery is ${status}`,
  cancel: ({ status }) =>
    status === 'delivering' ? inFlight : `The delivery is already ${status}; it cannot be cancelled`,
  deliverAnyway: ({ status }) =>
    status === 'filtered'
      ? 'A script dropped the delivery and would drop it again; change the script, then replay the request'
      : `Only filtered deliveries can be delivered anyway; this delivery is ${status}`,
}

const moves = { retry: retryDelivery, cancel: cancelDelivery, deliverAnyway }

export function createDeliveriesService({ db, sql, publish, deliveriesDue }: DeliveriesServiceDeps) {
  const owned = createOwned(db)

  async function readRow(userId: string, id: string): Promise<DeliveryRow> {
    const row = await readDelivery(sql, { userId, id })
    if (!row) throw new ApiError('delivery-not-found')
    return row
  }

  function refusal(move: keyof typeof moves, row: DeliveryRow): string {
    if (move !== 'cancel' && row.destinationUrl === null) return 'Its destination was deleted'
    return refusals[move](toDelivery(row, new Set()))
  }

  return {
    async list(userId: string, query: ListDeliveriesQuery): Promise<Page<Delivery>> {
      const { limit = limits.pageDefault, cursor, ...filter } = query
      checkStatuses(filter.status, '?status')
      if (filter.webhookId) await owned.webhook(userId, filter.webhookId)
      if (filter.replayId) await owned.replay(userId, filter.replayId)
      const before = placeIn('deliveries', cursor)
      const rows = await listDeliveries(sql, { userId, filter, before, limit: limit + 1 })
      return pageOf('deliveries', rows, limit)
    },

    async ofRequest(
      userId: string,
      requestId: string,
      { limit = limits.pageDefault, cursor }: ListRequestDeliveriesQuery,
    ): Promise<Page<Delivery>> {
      await owned.request(userId, requestId)
      const before = placeIn('request-deliveries', cursor)
      const rows = await listOfRequest(sql, { requestId, before, limit: limit + 1 })
      return pageOf('request-deliveries', rows, limit)
    },

    async get(userId: string, id: string): Promise<DeliveryWithAttempts> {
      const [found] = await present([await readRow(userId, id)])
      const attempts = await listAttempts(sql, id)
      return { ...found!, attempts: attempts.map(toAttempt) }
    },

    /** Returns deliveries in no particular order, without those of other users. */
    async byIds(userId: string, ids: string[]): Promise<Delivery[]> {
      return present(await readDeliveries(sql, { userId, ids }))
    },

    async steer(userId: string, deliveryId: string, move: keyof typeof moves): Promise<Delivery> {
      const change = await moves[move](sql, { userId, deliveryId })
      const row = await readRow(userId, deliveryId)
      if (!change) throw new ApiError('conflict', { detail: refusal(move, row) })
      if (move !== 'cancel') await letProbeThrough(sql, [change.destinationId])
      announce([change])
      return (await present([await readRow(userId, deliveryId)]))[0]!
    },

    /** Releases deliveries that a webhook holds for verification, in batches, for at most `releasingMs`. */
    async release(
      userId: string,
      webhookId: string,
      filter: ReleaseDeliveriesBody,
    ): Promise<ReleasedDeliveries> {
      await owned.webhook(userId, webhookId)
      if (filter.destinationId) await owned.destination(userId, filter.destinationId)
      const until = performance.now() + releasingMs
      let [released, more] = [0, true]
      while (more && performance.now() < until) {
        const batch = await releaseVerificationHeld(sql, { webhookId, ...filter })
        announce(batch)
        released += batch.length
        more = batch.length >= holdBatchMax
      }
      return { released, more }
    },
  }

  async function present(rows: DeliveryRow[]): Promise<Delivery[]> {
    const busy = await findBusy(sql, dueDestinations(rows))
    return rows.map((row) => toDelivery(row, busy))
  }

  async function pageOf(list: DeliveryList, rows: DeliveryRow[], limit: number): Promise<Page<Delivery>> {
    const busy = await findBusy(sql, dueDestinations(rows))
    return toPage(
      rows,
      limit,
      (row) => toDelivery(row, busy),
      (row) => encodeCursor(list, [row.createdAt.toISOString(), row.id]),
    )
  }

  function announce(changes: DeliveryChange[]) {
    for (const change of changes)
      publish(change.userId, { type: 'delivery.updated', delivery: toLiveDelivery(change) })
    deliveriesDue([...new Set(changes.map(({ destinationId }) => destinationId))])
  }
}

type DeliveryList = 'deliveries' | 'request-deliveries'

function placeIn(list: DeliveryList, cursor: string | undefined): DeliveryPlace | undefined {
  const key = decodeCursor(list, cursor, [timePattern, uuidPattern])
  return key && { createdAt: key[0]!, id: key[1]! }
}

export type DeliveriesService = ReturnType<typeof createDeliveriesService>
