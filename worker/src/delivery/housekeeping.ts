import type { Sql } from '@whook/drizzle'
import { renewLeases, type Lease } from '@whook/drizzle/deliveries/claim-deliveries'
import {
  holdBatchMax,
  holdDeliveries,
  lanesToRelease,
  releaseDeliveries,
  unparkDeliveries,
} from '@whook/drizzle/deliveries/hold-deliveries'
import type { DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import {
  expireDeliveries,
  reclaimDeliveries,
  releaseUnknown,
} from '@whook/drizzle/deliveries/reclaim-deliveries'
import {
  turnsAfter,
  wakeForgottenTurns,
  wakeTurns,
  type TurnCursor,
} from '@whook/drizzle/deliveries/wake-turns'
import type { Logger } from '@whook/runtime/logger'
import type { Metrics } from '../metrics.js'
import type { Dispatcher } from './dispatcher.js'
import { createDatabaseContact } from './database-contact.js'
import { repeat } from './repeat.js'

interface HousekeepingDeps {
  sql: Sql
  dispatcher: Pick<Dispatcher, 'look' | 'wake' | 'claimedIds' | 'unstock'>
  holder: Lease
  tell: (changes: DeliveryChange[]) => void
  /** Returns the destinations found paused or disabled since the last call. */
  stoppedLanes: () => string[]
  /** Returns the webhooks whose settings changed since the last call, or `all` when messages may have been missed. */
  changedWebhooks: () => string[] | 'all'
  metrics: Pick<Metrics, 'reclaimed'>
  logger: Pick<Logger, 'error' | 'warn'>
}

/**
 * Starts the periodic tasks of a worker beside delivery: polling, leases, holding, releasing and expiring deliveries.
 * PostgreSQL alone decides the state of a delivery.
 */
export function startHousekeeping(deps: HousekeepingDeps) {
  const { sql, dispatcher, holder, tell, stoppedLanes, changedWebhooks, metrics, logger } = deps
  const leaseMs = holder.leaseSeconds * 1000
  // A lease is renewed after half its time at the latest, less one interval. No lease expires in a shorter gap.
  const renewEveryMs = leaseMs / 10
  const contact = createDatabaseContact({
    now: () => performance.now(),
    gapMs: leaseMs / 2 - renewEveryMs,
  })
  let turnCursor: TurnCursor

  async function renew() {
    try {
      await renewLeases(sql, holder, dispatcher.claimedIds())
    } catch (error) {
      contact.failed()
      throw error
    }
    contact.answered()
  }

  /**
   * Waits until PostgreSQL answered for a whole lease without a gap. Earlier, the leases of live workers may have
   * expired only because the outage prevented their renewal.
   */
  async function reclaim() {
    if (contact.steadyMs() < leaseMs) return
    await dispatcher.wake(await releaseUnknown(sql, holder, dispatcher.claimedIds()))
    const taken = await reclaimDeliveries(sql, holder)
    if (taken.length === 0) return
    logger.warn({ deliveries: taken.length }, 'deliveries.reclaimed')
    metrics.reclaimed(taken.length)
    tell(taken)
    await wakeTurns(sql, turnsAfter(taken))
    await dispatcher.wake([...new Set(taken.map((change) => change.destinationId))])
  }

  async function hold() {
    const lanes = stoppedLanes()
    for (let batch = lanes.length; batch > 0;) {
      const held = await holdDeliveries(sql, lanes)
      tell(held)
      batch = held.length
    }
  }

  /**
   * Updates the rows of deliveries after a webhook is resumed, a destination is enabled or an ordering key changes.
   */
  async function release() {
    const webhooks = changedWebhooks()
    if (webhooks.length === 0) return
    const lanes = await lanesToRelease(sql, webhooks)
    for (const step of [() => releaseDeliveries(sql, lanes), () => unparkDeliveries(sql, webhooks)]) {
      for (let batch = holdBatchMax; batch >= holdBatchMax;) {
        const changes = await step()
        tell(changes)
        batch = changes.length
      }
    }
  }

  async function wakeForgotten() {
    const { lanes, next } = await wakeForgottenTurns(sql, turnCursor)
    turnCursor = next
    await dispatcher.wake(lanes)
  }

  async function expire() {
    for (let batch = 1; batch > 0;) {
      const expired = await expireDeliveries(sql)
      tell(expired)
      await dispatcher.wake(await wakeTurns(sql, turnsAfter(expired)))
      batch = expired.length
    }
  }

  const loops = [
    repeat('deliveries.look', 1000, () => dispatcher.look(), logger),
    repeat('deliveries.unstock', 1000, () => dispatcher.unstock(), logger),
    repeat('deliveries.renew-leases', renewEveryMs, renew, logger),
    repeat('deliveries.reclaim', Math.min(2000, leaseMs / 4), reclaim, logger),
    repeat('deliveries.hold', 1000, hold, logger),
    repeat('deliveries.release', 1000, release, logger),
    repeat('deliveries.wake-forgotten', 3000, wakeForgotten, logger),
    repeat('deliveries.expire', 60_000, expire, logger),
  ]
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()))
    },
  }
}
