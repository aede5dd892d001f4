import { doublePrecision, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.js'
import { destination } from './destination.js'

/**
 * State that the worker records about a destination. Separate from its settings, so that neither overwrites the
 * other.
 */
export const destinationState = pgTable('destination_state', {
  destinationId: uuid('destination_id')
    .primaryKey()
    .references(() => destination.id, { onDelete: 'cascade' }),
  circuit: text('circuit').$type<'closed' | 'open' | 'half-open'>().notNull().default('closed'),
  circuitOpenUntil: instant('circuit_open_until'),
  /** Number of times the circuit opened since the last success. Sets the backoff of the probe. */
  circuitOpenings: integer('circuit_openings').notNull().default(0),
  consecutiveFailures: integer('consecutive_failures').notNull().default(0),
  lastSuccessAt: instant('last_success_at'),
  lastFailureAt: instant('last_failure_at'),
  lastStatusCode: integer('last_status_code'),
  lastError: text('last_error'),
  /** Token bucket of limits.ratePerSecond: tokens left at `rateAt`. */
  rateTokens: doublePrecision('rate_tokens').notNull().default(1),
  rateAt: instant('rate_at').notNull().defaultNow(),
  /**
   * The worker that prefetches and enforces the concurrency. It owns the destination queue while it holds claims of
   * it.
   */
  ownerToken: uuid('owner_token'),
  ownerAttemptsMax: integer('owner_attempts_max'),
})
