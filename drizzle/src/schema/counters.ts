import type { DeliveryStatus } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { bigint, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { destination } from './destination.js'
import { user } from './user.js'
import { webhook } from './webhook.js'

const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/**
 * Totals per webhook. Only the compaction of `webhook_delta` changes them. The view `webhook_total` adds both tables.
 */
export const webhookCounter = pgTable('webhook_counter', {
  webhookId: uuid('webhook_id')
    .primaryKey()
    .references(() => webhook.id, { onDelete: 'cascade' }),
  stored: count('stored'),
  storedBytes: count('stored_bytes'),
  /** Requests that were stored, then removed by retention or by the user. */
  expired: count('expired'),
  /** Bytes of their bodies. */
  expiredBytes: count('expired_bytes'),
  lastRequestAt: instant('last_request_at'),
})

/**
 * Counts of one batch, appended in the transaction that stores the batch. So concurrent batches of one webhook never
 * wait for a counter row. The maintenance job folds them into `webhook_counter` and `webhook_minute`.
 */
export const webhookDelta = pgTable(
  'webhook_delta',
  {
    webhookId: uuid('webhook_id').notNull(),
    minute: instant('minute').notNull(),
    stored: integer('stored').notNull().default(0),
    storedBytes: count('stored_bytes'),
    expired: integer('expired').notNull().default(0),
    expiredBytes: count('expired_bytes'),
    lastRequestAt: instant('last_request_at'),
  },
  (table) => [index('webhook_delta_webhook_idx').on(table.webhookId)],
)

/** Requests stored per minute, for the sparklines and the throughput chart. */
export const webhookMinute = pgTable(
  'webhook_minute',
  {
    webhookId: uuid('webhook_id')
      .notNull()
      .references(() => webhook.id, { onDelete: 'cascade' }),
    minute: instant('minute').notNull(),
    requests: integer('requests').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.webhookId, table.minute] })],
)

/** Requests of a user per day (UTC), including deleted webhooks. Compaction writes them together with the totals. */
export const userDay = pgTable(
  'user_day',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => user.id, { onDelete: 'cascade' }),
    day: date('day').notNull(),
    requests: count('requests'),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day] })],
)

/**
 * Attempts per destination and minute. `latency` has one count per bucket; the bounds are in
 * runtime/src/latency-buckets.
 */
export const destinationMinute = pgTable(
  'destination_minute',
  {
    destinationId: uuid('destination_id')
      .notNull()
      .references(() => destination.id, { onDelete: 'cascade' }),
    minute: instant('minute').notNull(),
    delivered: integer('delivered').notNull().default(0),
    failed: integer('failed').notNull().default(0),
    latency: integer('latency')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  (table) => [primaryKey({ columns: [table.destinationId, table.minute] })],
)

/**
 * Deliveries by state. Only the compaction of `delivery_delta` changes them. The view `delivery_total` adds both
 * tables.
 */
export const deliveryCounter = pgTable(
  'delivery_counter',
  {
    webhookId: uuid('webhook_id').notNull(),
    status: text('status').$type<DeliveryStatus>().notNull(),
    count: count('count'),
  },
  (table) => [primaryKey({ columns: [table.webhookId, table.status] })],
)

/**
 * Appended by statement triggers on `delivery`, so that every change of state is counted and no statement waits for
 * another.
 */
export const deliveryDelta = pgTable(
  'delivery_delta',
  {
    webhookId: uuid('webhook_id').notNull(),
    status: text('status').$type<DeliveryStatus>().notNull(),
    count: integer('count').notNull(),
  },
  (table) => [index('delivery_delta_webhook_idx').on(table.webhookId)],
)

/**
 * Numbers of the batches that each api process accepted, inserted in the transaction that stores the batch. The number
 * makes storing idempotent. A gap below the highest number is a batch that is still queued, or lost.
 */
export const acceptedBatch = pgTable(
  'accepted_batch',
  {
    instanceId: uuid('instance_id').notNull(),
    number: integer('number').notNull(),
    requests: integer('requests').notNull(),
    storedAt: instant('stored_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.instanceId, table.number] })],
)

/**
 * Missing batches: numbers up to the instance's `contiguousTo` that are neither queued nor stored, so that compaction
 * can continue after them. When such a batch is stored later, its row is deleted. An acknowledged one is no longer
 * counted.
 */
export const missingBatch = pgTable(
  'missing_batch',
  {
    instanceId: uuid('instance_id').notNull(),
    number: integer('number').notNull(),
    foundAt: instant('found_at').notNull().defaultNow(),
    acknowledgedAt: instant('acknowledged_at'),
  },
  (table) => [primaryKey({ columns: [table.instanceId, table.number] })],
)

/** Folded batch numbers: every number of the instance up to `contiguousTo` is stored, or is a `missingBatch`. */
export const acceptedInstance = pgTable('accepted_instance', {
  instanceId: uuid('instance_id').primaryKey(),
  contiguousTo: integer('contiguous_to').notNull().default(0),
  requests: count('requests'),
  lastStoredAt: instant('last_stored_at').notNull().defaultNow(),
})
