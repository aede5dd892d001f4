import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'
import { limits } from '@whook/shared'

/** A delivery that may have crashed its workers: one more crash is its last. */
export const isSuspect = ({ crashes }: Claim): boolean => crashes >= limits.crashesMax - 1

/**
 * Finds the delivery that crashes workers among those that were in flight beside it. When a worker crashes, all its
 * claimed deliveries are suspects, and they are attempted again as usual. A suspect at its last allowed crash runs
 * alone: one at a time in this worker, with the crash counted before it starts. Its recorded result reverts the
 * count. When the worker crashes once more, only that delivery is dead.
 *
 * `countCrash` counts the crash in PostgreSQL. It returns false when the lease was lost.
 */
export function createTrials({ countCrash }: { countCrash: (claim: Claim) => Promise<boolean> }) {
  let last: Promise<unknown> = Promise.resolve()

  async function countAndDeliver(claim: Claim, deliver: (claim: Claim) => Promise<void>) {
    if (await countCrash(claim)) await deliver(claim)
  }

  return {
    /** Delivers the suspect when the trials before it have ended. Rejects like `deliver`. */
    runAlone(claim: Claim, deliver: (claim: Claim) => Promise<void>): Promise<void> {
      const trial = last.then(() => countAndDeliver(claim, deliver))
      last = trial.catch(() => {})
      return trial
    },
  }
}
