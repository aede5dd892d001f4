import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import type { CircuitChange, DeliveryResult, recordAttempts } from '@whook/drizzle/deliveries/record-attempts'
import { turnsAfter, type Turn } from '@whook/drizzle/deliveries/wake-turns'
import type { Announcer } from '@whook/runtime/announcer'
import type { Logger } from '@whook/runtime/logger'
import type { Metrics } from '../metrics.js'

interface AfterRecordDeps {
  announcer: Pick<Announcer, 'publish'>
  metrics: Pick<Metrics, 'attempted'>
  logger: Pick<Logger, 'info' | 'error'>
  /** Releases the next delivery of each ordering slot. Resolves to the destinations that now have due deliveries. */
  wakeTurns: (turns: Turn[]) => Promise<string[]>
  wake: (destinationIds: string[]) => Promise<void>
  /** The circuits of these destinations opened: their prefetched deliveries must not be sent. */
  takeBack: (destinationIds: string[]) => void
  /** A delivery of each of these destinations failed and is due for a later attempt. */
  leftWaiting: (destinationIds: string[]) => Promise<void>
  /** The destination answered 410 at this URL. */
  disableGone: (destinationId: string, requestUrl: string) => Promise<void>
}

/**
 * Returns the function that follows a committed batch of results: it publishes the changes to their owners, updates
 * the metrics and wakes the next deliveries. Resolves when destinations that answered 410 are disabled.
 */
export function createAfterRecord(deps: AfterRecordDeps) {
  const { announcer, metrics, logger, wakeTurns, wake, takeBack, leftWaiting, disableGone } = deps
  const follow = (work: Promise<unknown>, event: string) =>
    work.catch((error: unknown) => logger.error({ err: error }, event))

  return async (
    { moved, recovered, circuits }: Awaited<ReturnType<typeof recordAttempts>>,
    results: DeliveryResult[],
  ) => {
    for (const change of [...moved, ...recovered]) announcer.publish(change.userId, updated(change))
    for (const circuit of circuits) announcer.publish(circuit.userId, circuitTurned(circuit))
    takeBack(circuits.flatMap(({ circuit, destinationId }) => (circuit === 'open' ? [destinationId] : [])))
    for (const { attempt } of results) if (attempt) metrics.attempted(attempt.outcome, attempt.durationMs)

    const turns = turnsAfter(moved)
    if (turns.length > 0) void follow(wakeTurns(turns).then(wake), 'deliveries.wake-failed')

    const waiting = moved.flatMap(({ status, destinationId }) =>
      status === 'retrying' ? [destinationId] : [],
    )
    if (waiting.length > 0) void follow(leftWaiting([...new Set(waiting)]), 'deliveries.stop-failed')

    const gone = new Map(
      results.flatMap(({ attempt, destinationId }) =>
        attempt?.statusCode === 410 ? [[destinationId, attempt.requestUrl] as const] : [],
      ),
    )

    logger.info(
      {
        results: results.length,
        fenced: results.length - moved.length,
        delivered: moved.filter(({ status }) => status === 'delivered').length,
        dead: moved.filter(({ status }) => status === 'dead').length,
      },
      'deliveries.recorded',
    )

    await Promise.all(
      [...gone].map(([id, url]) => follow(disableGone(id, url), 'destination.disable-failed')),
    )
  }
}

export const updated = (change: DeliveryChange) =>
  ({ type: 'delivery.updated', delivery: toLiveDelivery(change) }) as const

const circuitTurned = ({ destinationId, webhookId, circuit }: CircuitChange) =>
  ({
    type: 'destination.updated',
    destination: { id: destinationId, webhookId, enabled: true, disabledReason: null, circuit },
  }) as const
