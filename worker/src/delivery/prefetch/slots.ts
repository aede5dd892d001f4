import type { Claim, ClaimRequest, QueueState } from '@whook/drizzle/queries/delivery/claim-deliveries'
import type { QueueStates } from '../claim/queue-states.js'
import type { DestinationQueue } from '../destination-queue.js'
import { createRoundRobin } from '../round-robin.js'

/** The state of the destination, as an ended attempt shows it; null when no HTTP request was sent. */
export type DestinationSign = 'up' | 'down' | 'gone' | null

interface SlotsSettings {
  queues: QueueStates
  /** Maximum attempts in flight in this worker. */
  slots: number
  /** Monotonic milliseconds. */
  now: () => number
  /** Consecutive failures that open the circuit of a destination. */
  failuresToOpen: number
  /** Milliseconds after which a claim is not started: if the process was frozen, the lease may have expired. */
  startWithinMs: number
}

/** Maximum share of a user and of a destination, as multiples of the free slots. */
const userShare = 2
const queueShare = 1
/** Maximum attempts of one destination in flight in one worker. At this bound, as many slots are free. */
export const queueAttemptsMax = (slots: number) => Math.ceil(slots / (1 + 1 / queueShare))
/**
 * Maximum prefetched deliveries of all destinations, as a multiple of the slots. Bounds the bodies in memory and the
 * deliveries that wait for lease expiry after a worker is killed.
 */
export const prefetchFactor = 4

const none: readonly Claim[] = []

/** Returns how many more slots a holder of `held` may take, one by one, while held < share * free. */
const within = (share: number, free: number, held: number) =>
  Math.max(0, Math.ceil((share * free - held) / (share + 1)))

/**
 * Decides how many deliveries to claim and which delivery starts next. A user may hold twice as many slots as are
 * free, a destination as many as are free. This is the "dynamic threshold" of Choudhury and Hahne, 1998. A single user
 * gets at most two thirds of the slots, a single destination half. Each further one gets less. So a new user always
 * finds a free slot, even when all other attempts hang. Users take turns, and so do the destinations of a user.
 *
 * A destination queue that moves is prefetched: as many deliveries as it sends in a tenth of a second. Few large
 * claims cost PostgreSQL far less than many small ones. Sending does not wait for the next claim. A queue that hangs
 * is not prefetched.
 */
export function createSlots({ queues, slots, now, failuresToOpen, startWithinMs }: SlotsSettings) {
  /** Queues with prefetched deliveries and a free slot, not halted. */
  const startable = createRoundRobin<DestinationQueue>()
  const inFlightByUser = new Map<string, number>()
  let inFlight = 0
  let prefetched = 0

  const heldBy = (userId: string) => inFlightByUser.get(userId) ?? 0

  function updateStartable(queue: DestinationQueue) {
    if (queue.prefetched.length > 0 && queue.inFlight < queue.slots && queue.haltedBy === null)
      startable.add(queue)
    else startable.remove(queue)
  }

  function mayStart({ userId, inFlight: held }: DestinationQueue): boolean {
    const free = slots - inFlight
    return held < queueShare * free && heldBy(userId) < userShare * free
  }

  function takeFirst(queue: DestinationQueue): Claim {
    const { claim } = queue.prefetched.shift()!
    prefetched--
    updateStartable(queue)
    return claim
  }

  function takeAll(queue: DestinationQueue): Claim[] {
    queue.failuresInRow = 0
    const claims = queue.prefetched.map(({ claim }) => claim)
    prefetched -= claims.length
    queue.prefetched = []
    updateStartable(queue)
    queues.resume(queue)
    return claims
  }

  return {
    get inFlight() {
      return inFlight
    },

    /**
     * Returns the claims to send now, for at most `queuesMax` destinations. Each counts its fair share and its
     * prefetch.
     */
    claimRequests(queuesMax: number): ClaimRequest[] {
      const requests: ClaimRequest[] = []
      const grantedTo = new Map<string, number>()
      let free = slots - inFlight
      let prefetchFree = slots * prefetchFactor - prefetched
      let usersLeft = queues.claimable.size
      // A served user moves to the end of the map that this loop iterates.
      for (const [userId, own] of queues.claimable.users()) {
        if (usersLeft-- === 0 || free <= 0 || requests.length >= queuesMax) break
        let share = Math.max(1, Math.ceil(free / queues.claimable.size))
        for (const queue of own) {
          const held = heldBy(userId) + (grantedTo.get(userId) ?? 0)
          const ofUser = Math.min(share, within(userShare, free, held))
          if (ofUser <= 0 || requests.length >= queuesMax) break
          const count = Math.min(
            ofUser,
            within(queueShare, free, queue.inFlight),
            // Without a granted slot, claim one delivery: other workers may have freed slots since.
            Math.max(1, queue.slots) - queue.inFlight,
          )
          if (count <= 0) continue
          const target = count + Math.min(queue.throughput.get(), prefetchFree + queue.prefetched.length)
          const missing = target - queue.prefetched.length
          // Refill the prefetch buffer at half, not one by one.
          if (queue.prefetched.length > 0 && missing < target / 2) continue
          queues.beginClaim(queue)
          requests.push({ destinationId: queue.destinationId, count: missing })
          grantedTo.set(userId, (grantedTo.get(userId) ?? 0) + count)
          share -= count
          free -= count
          prefetchFree -= Math.max(0, missing - count)
        }
        queues.claimable.moveToEnd(userId)
      }
      return requests
    },

    /** Adds a delivery claimed by a statement sent at `claimSentAt`. It waits for a slot. */
    addClaimed(claim: Claim, claimSentAt = now()) {
      const queue = queues.get(claim.destinationId)!
      queue.prefetched.push({ claim, claimedAt: now(), claimSentAt })
      prefetched++
      updateStartable(queue)
    },

    /** Applies the granted slots and the state of a queue after its claim, when the claimed deliveries are added. */
    endClaim(state: QueueState) {
      const queue = queues.get(state.destinationId)
      if (!queue) return
      if (state.slots !== null) queue.slots = state.slots
      updateStartable(queue)
      queues.endClaim(queue, state)
    },

    /** Returns the next delivery and takes a slot for it; undefined when fairness or the slots allow none. */
    takeNext(): Claim | undefined {
      for (const [userId, own] of startable.users()) {
        for (const queue of own) {
          if (!mayStart(queue)) continue
          if (queue.prefetched[0]!.claimSentAt < now() - startWithinMs) {
            startable.remove(queue)
            continue
          }
          queue.inFlight++
          inFlight++
          inFlightByUser.set(userId, heldBy(userId) + 1)
          const claim = takeFirst(queue)
          startable.moveToEnd(userId, queue)
          return claim
        }
      }
      return undefined
    },

    /**
     * Frees the slot of an ended attempt. If its result may stop the destination, nothing starts there until it is
     * recorded.
     */
    releaseSlot({ id, destinationId }: Claim, sign: DestinationSign) {
      const queue = queues.get(destinationId)!
      queue.inFlight--
      inFlight--
      queue.throughput.addEnded()
      const left = heldBy(queue.userId) - 1
      if (left > 0) inFlightByUser.set(queue.userId, left)
      else inFlightByUser.delete(queue.userId)
      if (sign !== null) queue.failuresInRow = sign === 'up' ? 0 : queue.failuresInRow + 1
      if (sign === 'gone' || queue.failuresInRow >= failuresToOpen) queues.halt(queue, id)
      updateStartable(queue)
      queues.removeIfIdle(queue)
    },

    /**
     * The result of an attempt is recorded. If the destination was halted by it, returns its prefetched deliveries:
     * PostgreSQL decides with the next claim whether they may be sent.
     */
    recorded({ id, destinationId }: Claim): readonly Claim[] {
      const queue = queues.get(destinationId)
      if (!queue) return none
      queues.wakeIfBusy(queue)
      if (queue.haltedBy !== id) return none
      queues.endHalt(queue)
      return takeAll(queue)
    },

    /** Removes and returns the prefetched deliveries of these destinations: their settings or circuits changed. */
    release: (destinationIds: string[]): Claim[] =>
      destinationIds.flatMap((id) => {
        const queue = queues.get(id)
        return queue ? takeAll(queue) : []
      }),

    /** Removes and returns the deliveries that waited for a slot for longer than `ms`. */
    releaseStale(ms: number): Claim[] {
      const before = now() - ms
      const claims: Claim[] = []
      for (const queue of queues.values()) {
        while (queue.prefetched.length > 0 && queue.prefetched[0]!.claimedAt <= before)
          claims.push(takeFirst(queue))
        queues.removeIfIdle(queue)
      }
      return claims
    },
  }
}
