import type { Sql } from '@whook/drizzle'
import {
  holdBatchMax,
  holdDeliveries,
  lanesToRelease,
  releaseDeliveries,
  unparkDeliveries,
} from '@whook/drizzle/queries/delivery/hold-deliveries'
import { expireDeliveries } from '@whook/drizzle/queries/delivery/reclaim-deliveries'
import {
  slotsFreedBy,
  wakeMissedSlots,
  type OrderingSlotCursor,
} from '@whook/drizzle/queries/delivery/wake-turns'
import type { Logger } from '@whook/runtime/logger'
import type { Metrics } from '../metrics.js'
import type { Claims } from './claim/claim.js'
import type { Leases } from './claim/leases.js'
import type { Effects } from './effects.js'
import type { Prefetch } from './prefetch/prefetch.js'
import { repeat } from './repeat.js'

interface HousekeepingParts {
  sql: Sql
  claims: Pick<Claims, 'poll' | 'notifyDue' | 'takeStopped'>
  leases: Leases
  prefetch: Pick<Prefetch, 'claimedIds' | 'releaseStale'>
  effects: Pick<Effects, 'publish' | 'wakeNext'>
  metrics: Pick<Metrics, 'reclaimed'>
  logger: Pick<Logger, 'error' | 'warn'>
}

/**
 * Starts the periodic tasks of a worker beside delivery: polling, leases, holding, releasing and expiring deliveries.
 * PostgreSQL alone decides the state of a delivery.
 */
export function startHousekeeping(parts: HousekeepingParts) {
  const { sql, claims, leases, prefetch, effects, metrics, logger } = parts
  /** Webhooks to look at. Starts as `all`: settings may have changed while no worker listened. */
  let changed: Set<string> | 'all' = 'all'
  let slotCursor: OrderingSlotCursor

  async function reclaim() {
    if (!leases.mayReclaim()) return
    await claims.notifyDue(await leases.releaseUnknown(prefetch.claimedIds()))
    const taken = await leases.reclaim()
    if (taken.length === 0) return
    logger.warn({ deliveries: taken.length }, 'deliveries.reclaimed')
    metrics.reclaimed(taken.length)
    effects.publish(taken)
    await effects.wakeNext(slotsFreedBy(taken))
    await claims.notifyDue([...new Set(taken.map((change) => change.destinationId))])
  }

  async function hold() {
    const destinationIds = claims.takeStopped()
    for (let batch = destinationIds.length; batch > 0;) {
      const held = await holdDeliveries(sql, destinationIds)
      effects.publish(held)
      batch = held.length
    }
  }

  /**
   * Updates the rows of deliveries after a webhook is resumed, a destination is enabled or an ordering key changes.
   */
  async function release() {
    const webhookIds = changed === 'all' ? changed : [...changed]
    changed = new Set()
    if (webhookIds.length === 0) return
    const destinationIds = await lanesToRelease(sql, webhookIds)
    const steps = [() => releaseDeliveries(sql, destinationIds), () => unparkDeliveries(sql, webhookIds)]
    for (const step of steps) {
      for (let batch = holdBatchMax; batch >= holdBatchMax;) {
        const changes = await step()
        effects.publish(changes)
        batch = changes.length
      }
    }
  }

  async function wakeMissed() {
    const { destinationIds, next } = await wakeMissedSlots(sql, slotCursor)
    slotCursor = next
    await claims.notifyDue(destinationIds)
  }

  async function expire() {
    for (let batch = 1; batch > 0;) {
      const expired = await expireDeliveries(sql)
      effects.publish(expired)
      await effects.wakeNext(slotsFreedBy(expired))
      batch = expired.length
    }
  }

  const loops = [
    repeat('deliveries.poll', 1000, () => claims.poll(), logger),
    repeat('deliveries.release-stale', 1000, () => prefetch.releaseStale(), logger),
    repeat('deliveries.renew-leases', leases.renewEveryMs, () => leases.renew(prefetch.claimedIds()), logger),
    repeat('deliveries.reclaim', leases.reclaimEveryMs, reclaim, logger),
    repeat('deliveries.hold', 1000, hold, logger),
    repeat('deliveries.release', 1000, release, logger),
    repeat('deliveries.wake-missed', 3000, wakeMissed, logger),
    repeat('deliveries.expire', 60_000, expire, logger),
  ]
  return {
    /** Looks at the deliveries of these webhooks in the next run: their settings changed. */
    settingsChanged(webhookIds: string[]) {
      if (changed !== 'all') for (const id of webhookIds) changed.add(id)
    },
    /** Looks at the deliveries of all webhooks in the next run: a message about a change may be lost. */
    settingsMayHaveChanged() {
      changed = 'all'
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
