import type { AttemptOutcome, ConsoleLine, HeaderPairs } from '@whook/shared'
import { integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.js'

/** One HTTP attempt. Rows are only inserted, never updated. Partitioned by RANGE (delivery_id), like `delivery`. */
export const attempt = pgTable(
  'attempt',
  {
    deliveryId: uuid('delivery_id').notNull(),
    number: integer('number').notNull(),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    outcome: text('outcome').$type<AttemptOutcome>().notNull(),
    statusCode: integer('status_code'),
    error: text('error'),
    requestUrl: text('request_url').notNull(),
    requestMethod: text('request_method').notNull(),
    requestHeaders: jsonb('request_headers').$type<HeaderPairs>().notNull(),
    requestBodySize: integer('request_body_size').notNull(),
    responseHeaders: jsonb('response_headers').$type<HeaderPairs>().notNull(),
    responseBody: bytea('response_body'),
    responseBodySize: integer('response_body_size').notNull().default(0),
    console: jsonb('console').$type<ConsoleLine[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.deliveryId, table.number] })],
)
