import type { Sql } from '@whook/drizzle'
import type { Claim, Lease } from '@whook/drizzle/queries/delivery/claim-deliveries'
import {
  cancelOrphanedDeliveries,
  disableGoneDestination,
} from '@whook/drizzle/queries/delivery/hold-deliveries'
import { toLiveDelivery, type DeliveryChange } from '@whook/drizzle/queries/delivery/live-columns'
import { crashDelivery } from '@whook/drizzle/queries/delivery/reclaim-deliveries'
import type { CircuitChange } from '@whook/drizzle/queries/delivery/record-attempts'
import {
  slotsFreedBy,
  wakeOrderingSlots,
  type OrderingSlot,
} from '@whook/drizzle/queries/delivery/wake-turns'
import type { Announcer } from '@whook/runtime/announcer'
import type { Logger } from '@whook/runtime/logger'
import type { Metrics } from '../metrics.js'
import { isCallOf } from './build-outbound-request.js'
import type { Claims } from './claim/claim.js'
import { classifyDatabaseError } from './classify-database-error.js'
import type { Prefetch } from './prefetch/prefetch.js'
import type { RecordedBatch } from './record.js'
import type { SettingsCache } from './settings-cache.js'

interface EffectsParts {
  sql: Sql
  holder: Lease
  settings: Pick<SettingsCache, 'get' | 'dropWebhooks'>
  claims: Pick<Claims, 'notifyDue' | 'unclaim' | 'addStopped'>
  prefetch: Pick<Prefetch, 'release'>
  announcer: Pick<Announcer, 'publish'>
  metrics: Pick<Metrics, 'attempted'>
  logger: Pick<Logger, 'info' | 'error'>
}

/** Applies the consequences of recorded results: live messages, wake-ups, metrics, disabled destinations. */
export function createEffects(parts: EffectsParts) {
  const { sql, holder, settings, claims, prefetch, announcer, metrics, logger } = parts
  const applied = new WeakMap<RecordedBatch, Promise<void>>()

  async function applyOnce({ results, moved, recovered, circuits }: RecordedBatch) {
    publish(moved)
    publish(recovered)
    for (const circuit of circuits) announcer.publish(circuit.userId, circuitChanged(circuit))
    prefetch.release(
      circuits.flatMap(({ circuit, destinationId }) => (circuit === 'open' ? [destinationId] : [])),
    )
    for (const { attempt } of results) if (attempt) metrics.attempted(attempt.outcome, attempt.durationMs)

    const freedSlots = slotsFreedBy(moved)
    if (freedSlots.length > 0) void logFailure(wakeNext(freedSlots), 'deliveries.wake-failed')

    const retrying = moved.flatMap(({ status, destinationId }) =>
      status === 'retrying' ? [destinationId] : [],
    )
    if (retrying.length > 0) void logFailure(stopRetries([...new Set(retrying)]), 'deliveries.stop-failed')

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
      [...gone].map(([id, url]) => logFailure(disableGone(id, url), 'destination.disable-failed')),
    )
  }

  /** Publishes the changes to the owners of the deliveries. */
  function publish(changes: DeliveryChange[]) {
    for (const change of changes) announcer.publish(change.userId, deliveryUpdated(change))
  }

  /** Makes the next delivery due in each of these ordering slots. */
  async function wakeNext(freedSlots: OrderingSlot[]) {
    await claims.notifyDue(await wakeOrderingSlots(sql, freedSlots))
  }

  /**
   * Stopped and deleted destinations are not claimed, so their deliveries that are to be retried are held or cancelled
   * here.
   */
  async function stopRetries(destinationIds: string[]) {
    for (const id of destinationIds) {
      const known = await settings.get(id)
      if (!known) publish(await cancelOrphanedDeliveries(sql, id))
      else if (!known.enabled || known.webhookStatus !== 'active') claims.addStopped(id)
    }
  }

  /** The destination answered 410 at this URL. */
  async function disableGone(destinationId: string, requestUrl: string) {
    const known = await settings.get(destinationId)
    // The owner may have changed the URL since: the new URL did not answer 410.
    if (!known || !isCallOf(known.url, requestUrl)) return
    if (!(await disableGoneDestination(sql, destinationId, known.url))) return
    claims.addStopped(destinationId)
    settings.dropWebhooks([known.webhookId])
    const destination = {
      id: destinationId,
      webhookId: known.webhookId,
      enabled: false,
      circuit: 'closed',
    } as const
    announcer.publish(known.userId, {
      type: 'destination.updated',
      destination: { ...destination, disabledReason: 'gone-410' },
    })
  }

  const logFailure = (work: Promise<unknown>, event: string) =>
    work.catch((error: unknown) => logger.error({ err: error }, event))

  async function giveUp(id: string, error: unknown) {
    // When PostgreSQL could not be read, no HTTP request was sent: an attempt begins with loading the stored request.
    if (classifyDatabaseError(error) !== 'refused') await claims.unclaim([id])
    else publish(await crashDelivery(sql, holder, id))
  }

  return {
    publish,
    wakeNext,

    /**
     * Applies the effects of a batch, once for all of its deliveries. Resolves when destinations that answered 410 are
     * disabled: their prefetched deliveries can no longer start.
     */
    apply(batch: RecordedBatch): Promise<void> {
      let done = applied.get(batch)
      if (!done) applied.set(batch, (done = applyOnce(batch)))
      return done
    },

    /** The attempt ended without a recorded result: puts the delivery back, or counts a crash. Never rejects. */
    async notRecorded({ id }: Claim, error: unknown) {
      logger.error({ err: error, deliveryId: id }, 'delivery.broke')
      // When this fails too, the lease expires and another worker claims the delivery.
      await logFailure(giveUp(id, error), 'delivery.not-given-up')
    },
  }
}

export type Effects = ReturnType<typeof createEffects>

export const deliveryUpdated = (change: DeliveryChange) =>
  ({ type: 'delivery.updated', delivery: toLiveDelivery(change) }) as const

const circuitChanged = ({ destinationId, webhookId, circuit }: CircuitChange) =>
  ({
    type: 'destination.updated',
    destination: { id: destinationId, webhookId, enabled: true, disabledReason: null, circuit },
  }) as const
