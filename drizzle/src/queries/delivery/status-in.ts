import type { DeliveryStatus } from '@whook/shared'
import type { Fragment, Sql } from '../../client.js'
import { transitions, type DeliveryEvent } from './delivery-transitions.js'

/**
 * Returns the condition that `column` is one of these states. The states are literals: PostgreSQL uses a partial index
 * only for them.
 */
export const statusIn = (sql: Sql, column: string, statuses: readonly DeliveryStatus[]): Fragment =>
  sql.unsafe(`${column} in (${statuses.map((status) => `'${status}'`).join(', ')})`)

/** Returns the condition that the event can happen to the delivery with this `column`. */
export const canHappen = (sql: Sql, event: DeliveryEvent, column: string): Fragment =>
  statusIn(sql, column, transitions[event].from)
