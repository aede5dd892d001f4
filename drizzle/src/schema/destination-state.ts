import { doublePrecision, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { destination } from './destination.js'

/** What the delivery engine learns about a destination; apart from its settings so that neither overwrites the other. */
export const destinationState = pgTable('destination_state', {
  destinationId: uuid('destination_id')
    .primaryKey()
    .references(() => destination.id, { onDelete: 'cascade' }),
  circuit: text('circuit').$type<'closed' | 'open' | 'half-open'>().notNull().default('closed'),
  circuitOpenUntil: instant('circuit_open_until'),
  /** How often in a row the circuit opened without a success between: the back-off of the probe. */
  circuitOpenings: integer('circuit_openings').notNull().default(0),
  consecutiveFailures: integer('consecutive_failures').notNull().default(0),
  lastSuccessAt: instant('last_success_at'),
  lastFailureAt: instant('last_failure_at'),
  lastStatusCode: integer('last_status_code'),
  lastError: text('last_error'),
  /** Token bucket of limits.ratePerSecond: what was left, and when. */
  rateTokens: doublePrecision('rate_tokens').notNull().default(1),
  rateAt: instant('rate_at').notNull().defaultNow(),
  /** The worker that reads ahead and keeps the concurrency. It owns the queue while it holds claims of it. */
  ownerToken: uuid('owner_token'),
  ownerAttemptsMax: integer('owner_attempts_max'),
})
