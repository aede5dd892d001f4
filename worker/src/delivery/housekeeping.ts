import type { Sql } from '@whook/drizzle'
import { renewLeases } from '@whook/drizzle/deliveries/claim-deliveries'
import { holdDeliveries } from '@whook/drizzle/deliveries/hold-deliveries'
import { expireDeliveries, reclaimDeliveries } from '@whook/drizzle/deliveries/reclaim-deliveries'
import type { DeliveryChange } from '@whook/drizzle/deliveries/live-columns'
import { wakeForgottenTurns } from '@whook/drizzle/deliveries/wake-turns'
import type { Logger } from '@whook/shared/server/logger'
import type { Dispatcher } from './dispatcher.js'
import { repeat } from './repeat.js'

interface Deps {
  sql: Sql
  dispatcher: Pick<Dispatcher, 'look' | 'wake' | 'claimedIds'>
  holder: { token: string; leaseSeconds: number }
  tell: (changes: DeliveryChange[]) => void
  logger: Pick<Logger, 'error' | 'warn'>
}

/** What a worker does beside delivering, so that PostgreSQL alone decides what happens to a delivery. */
export function startHousekeeping({ sql, dispatcher, holder, tell, logger }: Deps) {
  const stoppedLanes = new Set<string>()
  const told = (changes: DeliveryChange[]) => {
    tell(changes)
    return changes
  }

  const loops = [
    repeat('deliveries.look', 1000, () => dispatcher.look(), logger),

    repeat(
      'deliveries.renew-leases',
      (holder.leaseSeconds * 1000) / 4,
      async () => void (await renewLeases(sql, holder, dispatcher.claimedIds())),
      logger,
    ),

    repeat(
      'deliveries.reclaim',
      2000,
      async () => {
        const taken = told(await reclaimDeliveries(sql))
        if (taken.length > 0) logger.warn({ deliveries: taken.length }, 'deliveries.reclaimed')
        await dispatcher.wake([...new Set(taken.map((change) => change.destinationId))])
      },
      logger,
    ),

    repeat(
      'deliveries.hold',
      2000,
      async () => {
        if (stoppedLanes.size === 0) return
        const lanes = [...stoppedLanes]
        stoppedLanes.clear()
        while (told(await holdDeliveries(sql, lanes)).length > 0);
      },
      logger,
    ),

    repeat(
      'deliveries.wake-forgotten',
      3000,
      async () => dispatcher.wake(await wakeForgottenTurns(sql)),
      logger,
    ),

    repeat('deliveries.expire', 60_000, async () => void told(await expireDeliveries(sql)), logger),
  ]

  return {
    /** Something waits in a lane that is paused or disabled: its rows shall say `held`. */
    stopped: (destinationId: string) => void stoppedLanes.add(destinationId),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  }
}
