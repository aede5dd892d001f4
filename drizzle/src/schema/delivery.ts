import type { AttemptOutcome, DeliveryStatus, HeldFor } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'

/**
 * One request x one destination. The id starts with the UUIDv7 time of the request (see delivery_id() in the
 * migrations). So a delivery is in the partition of its request, its id alone finds it, and a second insert is a
 * conflict.
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
    /** Set by "deliver anyway": the filter is not evaluated again. */
    skipFilter: boolean('skip_filter').notNull().default(false),
    orderingValue: text('ordering_value'),
    /** Set while verification holds the delivery. `nextAttemptAt` is then infinity: no claim and no resume takes it. */
    heldFor: text('held_for').$type<HeldFor>(),
    /** The ordering value while the signature check has failed: a forged request must not block its ordering slot. */
    heldOrderingValue: text('held_ordering_value'),
    replayId: uuid('replay_id'),
    replayOf: uuid('replay_of'),
    /** The replayed delivery that succeeded after this one was dead. */
    recoveredBy: uuid('recovered_by'),
    createdAt: instant('created_at').notNull().defaultNow(),
    finishedAt: instant('finished_at'),
  },
  (table) => [
    index('delivery_webhook_idx').on(table.webhookId, table.createdAt, table.id),
    /**
     * The destination queue: waiting deliveries, oldest first. Held rows are included, so that they keep their place.
     */
    index('delivery_due_idx')
      .on(table.destinationId, table.nextAttemptAt, table.requestId)
      .where(sql`${table.status} in ('pending', 'retrying', 'held')`),
    /**
     * Due deliveries of all destinations, for due_lanes(). An expression, so that PostgreSQL uses this index for no other
     * statement: a claim must not read the deliveries of other destinations. Partitions older than migration 0016 have
     * no such index.
     */
    index('delivery_next_idx')
      .on(sql`(${table.nextAttemptAt} at time zone 'UTC')`)
      .where(sql`${table.status} in ('pending', 'retrying', 'held')`),
    index('delivery_flight_idx')
      .on(table.destinationId, table.leaseUntil)
      .where(sql`${table.status} = 'delivering'`),
    index('delivery_turn_idx')
      .on(table.destinationId, table.orderingValue, table.requestId)
      .where(
        sql`${table.orderingValue} is not null and ${table.status} in ('pending', 'retrying', 'held', 'delivering')`,
      ),
    /**
     * Undelivered deliveries, which users filter by. They are rare: a first attempt that succeeds never adds an
     * entry.
     */
    index('delivery_undelivered_idx')
      .on(table.webhookId, table.status, table.createdAt, table.id)
      .where(sql`${table.status} in ('retrying', 'held', 'dead', 'filtered', 'cancelled')`),
    /** Partitions older than migration 0013 have no such index. */
    index('delivery_recovered_idx')
      .on(table.webhookId, table.createdAt, table.id)
      .where(sql`${table.status} = 'recovered'`),
    index('delivery_replay_idx')
      .on(table.replayId)
      .where(sql`${table.replayId} is not null`),
  ],
)
