import type { Claim } from '@whook/drizzle/deliveries/claim-deliveries'
import { limits } from '@whook/shared'
import type { DestinationSign } from './lanes.js'

type Deliver = (claim: Claim, attempted: (sign: DestinationSign) => void) => Promise<void>

interface TrialsDeps {
  deliver: Deliver
  /** Counts a crash in advance. Resolves to false when the lease was lost. */
  bookCrash: (claim: Claim) => Promise<boolean>
}

/**
 * Finds the delivery that crashes workers among those that were in flight beside it. When a worker crashes, all its
 * claimed deliveries are suspects, and they are attempted again as usual. A suspect at its last allowed crash runs
 * alone: one at a time in this worker, with the crash counted before it starts. Its recorded result reverts the
 * count. When the worker crashes once more, only that delivery is dead.
 */
export function createTrials({ deliver, bookCrash }: TrialsDeps): Deliver {
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
