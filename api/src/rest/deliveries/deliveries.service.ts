import type { Db, Sql } from '@whook/drizzle'
import { letProbeThrough } from '@whook/drizzle/deliveries/steer-circuit'
import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import { cancelDelivery, deliverAnyway, retryDelivery } from '@whook/drizzle/deliveries/steer-delivery'
import {
  ApiError,
  limits,
  type Delivery,
  type DeliveryStatus,
  type DeliveryWithAttempts,
  type ListDeliveriesQuery,
  type ListRequestDeliveriesQuery,
  type LiveMessage,
  type Page,
} from '@whook/shared'
import { decodeCursor, encodeCursor, timePattern, toPage, uuidPattern } from '../cursor.js'
import { createOwned } from '../owned.js'
import { checkStatuses } from './check-statuses.js'
import { newestDeliveries } from './newest-deliveries.js'
import { toAttempt, toDelivery, type AttemptRow, type DeliveryRow } from './to-delivery.js'

interface Deps {
  db: Db
  sql: Sql
  tell: (userId: string, message: LiveMessage) => void
  deliveriesDue: (destinationIds: string[]) => void
}

const inFlight = 'It is being sent just now and cannot be called back; ask again when this attempt has ended'
/** Why a delivery in this state cannot be moved so. */
const refusals: Record<keyof typeof moves, (status: DeliveryStatus) => string> = {
  retry: (status) =>
    status === 'delivering' || status === 'pending'
      ? 'It is being sent, or due, already'
      : `Only a delivery that is retrying, dead or cancelled can be retried; this one is ${status}`,
  cancel: (status) =>
    status === 'delivering' ? inFlight : `There is nothing left to cancel: it is ${status} already`,
  deliverAnyway: (status) =>
    status === 'filtered'
      ? 'Its script kept it back, and would again: change the script, then replay the request'
      : `Only a delivery that was filtered out can be delivered anyway; this one is ${status}`,
}

const moves = { retry: retryDelivery, cancel: cancelDelivery, deliverAnyway }

export function createDeliveriesService({ db, sql, tell, deliveriesDue }: Deps) {
  const owned = createOwned(db)
  const columns = sql`d.*, t.name as destination_name, t.url as destination_url`

  async function readRow(userId: string, id: string): Promise<DeliveryRow> {
    const [row] = await sql<DeliveryRow[]>`
      select ${columns} from delivery d join webhook w on w.id = d.webhook_id and w.user_id = ${userId}
      left join destination t on t.id = d.destination_id where d.id = ${id}`
    if (!row) throw new ApiError('delivery-not-found')
    return row
  }

  function refusal(move: keyof typeof moves, { status, destination_url }: DeliveryRow): string {
    if (move !== 'cancel' && destination_url === null) return 'Its destination was deleted'
    return refusals[move](status)
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
        left join destination t on t.id = d.destination_id order by d.created_at desc, d.id desc`
      return toPage(rows, limit, toDelivery, (row) =>
        encodeCursor('deliveries', [row.created_at.toISOString(), row.id]),
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
        select ${columns} from delivery d left join destination t on t.id = d.destination_id
        where d.request_id = ${requestId} and d.id >= uuid_of_millisecond(${requestId}::uuid, 0)
          and d.id < uuid_of_millisecond(${requestId}::uuid, 1) and ${position}
        order by d.created_at desc, d.id desc limit ${limit + 1}`
      return toPage(rows, limit, toDelivery, (row) =>
        encodeCursor('request-deliveries', [row.created_at.toISOString(), row.id]),
      )
    },

    async get(userId: string, id: string): Promise<DeliveryWithAttempts> {
      const found = toDelivery(await readRow(userId, id))
      const attempts = await sql<
        AttemptRow[]
      >`select * from attempt where delivery_id = ${id} order by number`
      return { ...found, attempts: attempts.map(toAttempt) }
    },

    /** In no order; ids that are not the user's are left out. */
    async byIds(userId: string, ids: string[]): Promise<Delivery[]> {
      const rows = await sql<DeliveryRow[]>`
        select ${columns} from delivery d join webhook w on w.id = d.webhook_id and w.user_id = ${userId}
        left join destination t on t.id = d.destination_id where d.id = any(${ids}::uuid[])`
      return rows.map(toDelivery)
    },

    async steer(userId: string, deliveryId: string, move: keyof typeof moves): Promise<Delivery> {
      const change = await moves[move](sql, { userId, deliveryId })
      const row = await readRow(userId, deliveryId)
      if (!change) throw new ApiError('conflict', { detail: refusal(move, row) })
      if (move !== 'cancel') await letProbeThrough(sql, [change.destinationId])
      announce(change)
      return toDelivery(row)
    },
  }

  function announce(change: DeliveryChange) {
    tell(change.userId, { type: 'delivery.updated', delivery: toLiveDelivery(change) })
    deliveriesDue([change.destinationId])
  }
}

export type DeliveriesService = ReturnType<typeof createDeliveriesService>
