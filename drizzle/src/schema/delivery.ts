import type { AttemptOutcome, DeliveryStatus, HeldFor } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * One request x one destination. The id starts with its request's UUIDv7 time (see delivery_id() in the migrations), so
 * a delivery falls in its request's partition, is found by id alone, and making the same one twice is a conflict.
 */
export const delivery = pgTable(
  'delivery',
  {
    id: uuid('id').primaryKey(),
    requestId: uuid('request_id').notNull(),
    webhookId: uuid('webhook_id').notNull(),
    destinationId: uuid('destination_id').notNull(),
    status: text('status').$type<DeliveryStatus>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    crashes: integer('crashes').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    leaseUntil: instant('lease_until'),
    leaseToken: uuid('lease_token'),
    lastStatusCode: integer('last_status_code'),
    lastDurationMs: integer('last_duration_ms'),
    lastOutcome: text('last_outcome').$type<AttemptOutcome>(),
    reason: text('reason'),
    filterFailure: jsonb('filter_failure').$type<{ clause: string; path: string; found: string }>(),
    /** Set by "deliver anyway": the filter is not asked again. */
    skipFilter: boolean('skip_filter').notNull().default(false),
    orderingValue: text('ordering_value'),
    /** Set while verification holds it: `nextAttemptAt` is infinity then, so no claim finds it and no resume releases it. */
    heldFor: text('held_for').$type<HeldFor>(),
    /** Its ordering value while it is held for a failed check: a forged request must not block its ordering slot. */
    heldOrderingValue: text('held_ordering_value'),
    replayId: uuid('replay_id'),
    replayOf: uuid('replay_of'),
    /** The delivery of a replay that succeeded where this one was dead. */
    recoveredBy: uuid('recovered_by'),
    createdAt: instant('created_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('delivery_webhook_idx').on(table.webhookId, table.createdAt, table.id),
    /** A destination's lane: what waits, oldest first. Held rows stand in it, so resuming keeps their place. */
    index('delivery_due_idx')
      .on(table.destinationId, table.nextAttemptAt, table.requestId)
      .where(sql`${table.status} in ('pending', 'retrying', 'held')`),
    index('delivery_flight_idx')
      .on(table.destinationId, table.leaseUntil)
      .where(sql`${table.status} = 'delivering'`),
    index('delivery_turn_idx')
      .on(table.destinationId, table.orderingValue, table.requestId)
      .where(
        sql`${table.orderingValue} is not null and ${table.status} in ('pending', 'retrying', 'held', 'delivering')`,
      ),
    /** What stands still undelivered: what is looked for, and rare. One that arrives at once never comes to stand in it. */
    index('delivery_undelivered_idx')
      .on(table.webhookId, table.status, table.createdAt, table.id)
      .where(sql`${table.status} in ('retrying', 'held', 'dead', 'filtered', 'cancelled')`),
    /** Missing in partitions older than migration 0013. */
    index('delivery_recovered_idx')
      .on(table.webhookId, table.createdAt, table.id)
      .where(sql`${table.status} = 'recovered'`),
    index('delivery_replay_idx')
      .on(table.replayId)
      .where(sql`${table.replayId} is not null`),
  ],
)
