import Type, { type Static } from 'typebox'
import { closed, Id, Nullable, OneOf, Timestamp } from './common.js'

export const statsRanges = ['1h', '24h', '7d', '30d'] as const
export const StatsRange = OneOf(statsRanges)
export const StatsQuery = Type.Object(
  {
    range: Type.Optional(Type.Unsafe<(typeof statsRanges)[number]>({ ...StatsRange, default: '24h' })),
  },
  closed,
)
export type StatsQuery = Static<typeof StatsQuery>

/**
 * Ledger: every accepted request is stored, and each created delivery has one status. `unaccounted` is the difference
 * between both sides, and must be 0.
 */
export const Ledger = Type.Object({
  accepted: Type.Integer(),
  stored: Type.Integer(),
  expired: Type.Integer({
    description: 'Requests that were stored and later deleted by retention or by the user',
  }),
  deliveries: Type.Integer({ description: 'All deliveries that were ever created' }),
  delivered: Type.Integer(),
  pending: Type.Integer({ description: 'pending, delivering or retrying' }),
  held: Type.Integer(),
  dead: Type.Integer(),
  recovered: Type.Integer({ description: 'Was dead; later a replay was delivered to the same destination' }),
  filtered: Type.Integer(),
  cancelled: Type.Integer(),
  unaccounted: Type.Integer({
    description:
      'Difference between the lines: 0, unless something was lost. In local mode the ledger of all webhooks also counts missing batches: accepted, but neither queued nor stored. In server mode such batches belong to no user; see /metrics of a worker',
  }),
})
export type Ledger = Static<typeof Ledger>

export const StatsPoint = Type.Object({
  at: Timestamp,
  requests: Type.Integer(),
  delivered: Type.Integer(),
  failed: Type.Integer({ description: 'Failed attempts' }),
})
export type StatsPoint = Static<typeof StatsPoint>

export const DestinationStats = Type.Object({
  destinationId: Id,
  webhookId: Id,
  name: Type.String(),
  url: Type.String(),
  delivered: Type.Integer(),
  failed: Type.Integer(),
  waiting: Type.Integer(),
  p50Ms: Nullable(Type.Integer()),
  p95Ms: Nullable(Type.Integer()),
  circuit: OneOf(['closed', 'open', 'half-open']),
})
export type DestinationStats = Static<typeof DestinationStats>

export const Stats = Type.Object({
  range: OneOf(statsRanges),
  bucketSeconds: Type.Integer(),
  totals: Type.Object({
    requests: Type.Integer(),
    requestsBefore: Type.Integer({
      description: 'Requests in the period of the same length before this one',
    }),
    delivered: Type.Integer(),
    failed: Type.Integer(),
    waiting: Type.Integer(),
    oldestWaitingAt: Nullable(Timestamp),
    p50Ms: Nullable(Type.Integer()),
    p95Ms: Nullable(Type.Integer()),
  }),
  series: Type.Array(StatsPoint),
  destinations: Type.Array(DestinationStats),
  ledger: Ledger,
  queueDepth: Nullable(
    Type.Integer({
      description:
        'Accepted batches of the installation that are not stored yet. Set only in local mode and for all webhooks. Also null when the queue is unavailable',
    }),
  ),
})
export type Stats = Static<typeof Stats>
