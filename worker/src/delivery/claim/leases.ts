import type { Sql } from '@whook/drizzle'
import { renewLeases, type Lease } from '@whook/drizzle/queries/delivery/claim-deliveries'
import type { DeliveryChange } from '@whook/drizzle/queries/delivery/live-columns'
import { reclaimDeliveries, releaseUnknown } from '@whook/drizzle/queries/delivery/reclaim-deliveries'
import { monotonicMs } from '@whook/runtime/clock'

/** A worker that cannot reach PostgreSQL for longer may lose its claims to another worker. */
export const leaseSecondsDefault = 15

/** Renews the leases of this worker's claims, and takes back the claims of lost workers. */
export function createLeases(sql: Sql, holder: Lease) {
  const leaseMs = holder.leaseSeconds * 1000
  // A lease is renewed after half its time at the latest, less one interval. No lease expires in a shorter gap.
  const renewEveryMs = leaseMs / 10
  const contact = createDatabaseContact({ now: monotonicMs, gapMs: leaseMs / 2 - renewEveryMs })

  return {
    renewEveryMs,
    reclaimEveryMs: Math.min(2000, leaseMs / 4),

    async renew(claimedIds: string[]) {
      try {
        await renewLeases(sql, holder, claimedIds)
      } catch (error) {
        contact.failed()
        throw error
      }
      contact.answered()
    },

    /**
     * Returns whether PostgreSQL answered for a whole lease without a gap. Earlier, the leases of live workers may have
     * expired only because the outage prevented their renewal.
     */
    mayReclaim: () => contact.steadyMs() >= leaseMs,

    /** Puts back claims that this worker does not know. Returns their destinations. */
    releaseUnknown: (claimedIds: string[]): Promise<string[]> => releaseUnknown(sql, holder, claimedIds),

    /** Takes back claims whose worker is lost. */
    reclaim: (): Promise<DeliveryChange[]> => reclaimDeliveries(sql, holder),
  }
}

export type Leases = ReturnType<typeof createLeases>

interface DatabaseContactSettings {
  /** Monotonic milliseconds. */
  now: () => number
  /** Milliseconds between two answers after which PostgreSQL counts as unavailable in between. */
  gapMs: number
}

/**
 * Measures how long PostgreSQL has answered this worker without a gap. After an outage, this worker cannot
 * distinguish a dead worker from a live one: the outage kept both from renewing their leases.
 */
export function createDatabaseContact({ now, gapMs }: DatabaseContactSettings) {
  let since: number | undefined
  let last = -Infinity

  return {
    answered() {
      const at = now()
      if (since === undefined || at - last > gapMs) since = at
      last = at
    },
    failed() {
      since = undefined
    },
    /** Returns the milliseconds without a gap, up to now. */
    steadyMs(): number {
      const at = now()
      return since === undefined || at - last > gapMs ? 0 : at - since
    },
  }
}
