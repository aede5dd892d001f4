import type { Claim } from '@whook/drizzle/queries/delivery/claim-deliveries'

/**
 * A destination queue that this worker claims from: one record, so that claiming and prefetching need one look-up.
 * `claim/queue-states.ts` and `prefetch/slots.ts` each change their own fields only.
 */
export interface DestinationQueue {
  destinationId: string
  userId: string

  // Changed by claim/queue-states.ts.
  /**
   * `ready`: may have due deliveries. `claiming`: a claim is running. `asleep`: not claimable before `wakeAt`. `idle`:
   * none due.
   */
  state: 'ready' | 'claiming' | 'asleep' | 'idle'
  /** A delivery became due while a claim was running. */
  dueWhileClaiming: boolean
  /**
   * Asleep because the destination is at its max concurrency: the end of an attempt of this worker may free a slot.
   */
  busy: boolean
  wakeAt: number
  /**
   * The delivery whose result must be recorded before another starts: it may open the circuit or disable the
   * destination.
   */
  haltedBy: string | null

  // Changed by prefetch/slots.ts.
  /** Attempts of this worker in flight. */
  inFlight: number
  /** Claimed deliveries that wait for a slot, oldest first. `claimSentAt`: when the statement was sent. */
  prefetched: { claim: Claim; claimedAt: number; claimSentAt: number }[]
  throughput: Throughput
  /** Maximum attempts in flight at this destination, as granted by the last claim. */
  slots: number
  failuresInRow: number
}

/** Returns an idle queue. `slots`: maximum attempts in flight until a claim grants another number. */
export const createDestinationQueue = (
  destinationId: string,
  userId: string,
  { slots, now }: { slots: number; now: () => number },
): DestinationQueue => ({
  destinationId,
  userId,
  state: 'idle',
  dueWhileClaiming: false,
  busy: false,
  wakeAt: 0,
  haltedBy: null,
  inFlight: 0,
  prefetched: [],
  throughput: createThroughput(now),
  slots,
  failuresInRow: 0,
})

type Throughput = ReturnType<typeof createThroughput>

/** Measures the ended attempts per `windowMs`, over the last whole window. */
function createThroughput(now: () => number, windowMs = 100) {
  let startedAt = now()
  let ended = 0
  let last = 0

  function closeWindow() {
    const elapsed = now() - startedAt
    if (elapsed < windowMs) return
    last = (ended * windowMs) / elapsed
    startedAt = now()
    ended = 0
  }

  return {
    addEnded() {
      ended++
      closeWindow()
    },
    get() {
      closeWindow()
      return Math.floor(last)
    },
  }
}
