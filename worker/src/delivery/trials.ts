import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { limits } from '@whook/shared'
import type { DestinationSign } from './lanes.js'

type Deliver = (claim: Claim, attempted: (sign: DestinationSign) => void) => Promise<void>

interface Deps {
  deliver: Deliver
  /** Counts a crash in advance. False: the delivery is no longer ours. */
  bookCrash: (claim: Claim) => Promise<boolean>
}

/**
 * Tells the delivery that ends workers from those that were only in flight beside it. A lost worker makes all its claims
 * suspects, and they are tried again as usual. At the last try a suspect is tried alone: one at a time in this worker, with
 * its crash counted before it starts. Its recorded result takes the count back. When the worker is lost once more, only
 * that delivery is dead.
 */
export function createTrials({ deliver, bookCrash }: Deps): Deliver {
  let last: Promise<unknown> = Promise.resolve()

  async function tryAlone(claim: Claim, attempted: (sign: DestinationSign) => void) {
    if (await bookCrash(claim)) await deliver(claim, attempted)
  }

  return (claim, attempted) => {
    const isSuspect = claim.crashes >= limits.crashesMax - 1
    if (!isSuspect) return deliver(claim, attempted)
    const trial = last.then(() => tryAlone(claim, attempted))
    last = trial.catch(() => {})
    return trial
  }
}
