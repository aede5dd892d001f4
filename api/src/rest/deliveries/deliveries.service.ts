import type { Db, Sql } from '@whook/drizzle'
import { holdBatchMax } from '@whook/drizzle/deliveries/hold-deliveries'
import { releaseVerificationHeld } from '@whook/drizzle/deliveries/hold-for-verification'
import { letProbeThrough } from '@whook/drizzle/deliveries/steer-circuit'
import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import { cancelDelivery, deliverAnyway, retryDelivery } from '@whook/drizzle/deliveries/steer-delivery'
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
import { newestDeliveries } from './newest-deliveries.js'
import { toAttempt, toDelivery, type AttemptRow, type DeliveryRow } from './to-delivery.js'
import { busyDestinations, waitingColumns } from './waiting-for.js'

interface DeliveriesServiceDeps {
  db: Db
  sql: Sql
  tell: (userId: string, message: LiveMessage) => void
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

export function createDeliveriesService({ db, sql, tell, deliveriesDue }: DeliveriesServiceDeps) {
  const owned = createOwned(db)
  const columns = sql`d.*, t.name as destination_name, t.url as destination_url, ${waitingColumns(sql)}`
  const joins = sql`left join destination t on t.id = d.destination_id
    left join destination_state s on s.destination_id = d.destination_id`

  async function readRow(userId: string, id: string): Promise<DeliveryRow> {
    const [row] = await sql<DeliveryRow[]>`
      select ${columns} from delivery d join webhook w on w.id = d.webhook_id and w.user_id = ${userId}
      ${joins} where d.id = ${id}`
    if (!row) throw new ApiError('delivery-not-found')
    return row
  }

  function refusal(move: keyof typeof moves, row: DeliveryRow): string {
    if (move !== 'cancel' && row.destination_url === null) return 'Its destination was deleted'
    return refusals[move](toDelivery(row, new Set()))
  }

  return {
    async list(userId: string, query: ListDeliveriesQuery): Promise<Page<Delivery>> {
      const { limit = limits.pageDefault, cursor, ...filter } = query
      checkStatuses(filter.status, '?status')
      if (filter.webhookId) await owned.webhook(userId, filter.webhookId)
      if (filter.replayId) await owned.replay(userId, filter.replayId)
      const key = decodeCursor('deliveries', cursor, [timePattern, uuidPattern])
      const position = key
        ? sql`(d.created_at, d.id) < (${key[0]!}::timestamptz, ${key[1]!}::uuid)`
        : sql`true`
      const rows = await sql<DeliveryRow[]>`
        select ${columns} from (${newestDeliveries(sql, { userId, filter, position, limit: limit + 1 })}) d
        join webhook w on w.id = d.webhook_id ${joins} order by d.created_at desc, d.id desc`
      const busy = await busyDestinations(sql, rows)
      return toPage(
        rows,
        limit,
        (row) => toDelivery(row, busy),
        (row) => encodeCursor('deliveries', [row.created_at.toISOString(), row.id]),
      )
    },

    async ofRequest(
      userId: string,
      requestId: string,
      { limit = limits.pageDefault, cursor }: ListRequestDeliveriesQuery,
    ): Promise<Page<Delivery>> {
      await owned.request(userId, requestId)
      const key = decodeCursor('request-deliveries', cursor, [timePattern, uuidPattern])
      const position = key
        ? sql`(d.created_at, d.id) < (${key[0]!}::timestamptz, ${key[1]!}::uuid)`
        : sql`true`
      const rows = await sql<DeliveryRow[]>`
        select ${columns} from delivery d join webhook w on w.id = d.webhook_id ${joins}
        where d.request_id = ${requestId} and d.id >= uuid_of_millisecond(${requestId}::uuid, 0)
          and d.id < uuid_of_millisecond(${requestId}::uuid, 1) and ${position}
        order by d.created_at desc, d.id desc limit ${limit + 1}`
      const busy = await busyDestinations(sql, rows)
      return toPage(
        rows,
        limit,
        (row) => toDelivery(row, busy),
        (row) => encodeCursor('request-deliveries', [row.created_at.toISOString(), row.id]),
      )
    },

    async get(userId: string, id: string): Promise<DeliveryWithAttempts> {
      const [found] = await present([await readRow(userId, id)])
      const attempts = await sql<
        AttemptRow[]
      >`select * from attempt where delivery_id = ${id} order by number`
      return { ...found!, attempts: attempts.map(toAttempt) }
    },

    /** Returns deliveries in no particular order, without those of other users. */
    async byIds(userId: string, ids: string[]): Promise<Delivery[]> {
      const rows = await sql<DeliveryRow[]>`
        select ${columns} from delivery d join webhook w on w.id = d.webhook_id and w.user_id = ${userId}
        ${joins} where d.id = any(${ids}::uuid[])`
      return present(rows)
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
    const busy = await busyDestinations(sql, rows)
    return rows.map((row) => toDelivery(row, busy))
  }

  function announce(changes: DeliveryChange[]) {
    for (const change of changes)
      tell(change.userId, { type: 'delivery.updated', delivery: toLiveDelivery(change) })
    deliveriesDue([...new Set(changes.map(({ destinationId }) => destinationId))])
  }
}

export type DeliveriesService = ReturnType<typeof createDeliveriesService>
