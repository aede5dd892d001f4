import type { VerificationOutcome } from '@whook/shared'
import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.js'

/**
 * One captured request. Partitioned by RANGE (id), one partition a day. UUIDv7 ids are time-ordered, so a look-up by
 * id reads one partition and retention drops whole partitions. No foreign key: a deleted webhook must not fail a
 * batch, and a batch must not lock webhook rows. The maintenance job removes requests without a webhook.
 */
export const webhookRequest = pgTable(
  'webhook_request',
  {
    id: uuid('id').primaryKey(),
    webhookId: uuid('webhook_id').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    query: text('query').notNull(),
    /** Raw name/value pairs as one byte string; see runtime/src/raw-headers. */
    headers: bytea('headers').notNull(),
    body: bytea('body').notNull(),
    contentType: text('content_type'),
    size: integer('size').notNull(),
    event: text('event'),
    remoteAddress: text('remote_address').notNull(),
    httpVersion: text('http_version').notNull(),
    verification: text('verification').$type<VerificationOutcome>().notNull(),
    verificationReason: text('verification_reason'),
    /**
     * The signature check failed and the webhook rejects such requests: the sender received 401, no delivery exists.
     */
    refused: boolean('refused').notNull().default(false),
    /** Shared by requests of one webhook that name the same delivery; see shared/src/delivery-policy-key. */
    deliveryKey: uuid('delivery_key'),
    duplicateOf: uuid('duplicate_of'),
    replayOf: uuid('replay_of'),
    receivedAt: instant('received_at').notNull(),
  },
  (table) => [
    index('webhook_request_webhook_idx').on(table.webhookId, table.id),
    index('webhook_request_delivery_key_idx')
      .on(table.deliveryKey, table.id)
      .where(sql`${table.deliveryKey} is not null`),
    // Nearly all requests are POST. This index finds the others without a scan, and POST requests do not update it.
    index('webhook_request_method_idx')
      .on(table.webhookId, table.method, table.id)
      .where(sql`${table.method} <> 'POST'`),
  ],
)
