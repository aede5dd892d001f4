import type { Claim, LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import { createPace, type Pace } from './pace.js'
import { createTurns } from './turns.js'
import { createWakeQueue } from './wake-queue.js'

/** The state of the destination, as an ended attempt shows it; null when no HTTP request was sent. */
export type DestinationSign = 'up' | 'down' | 'gone' | null

interface Lane {
  destinationId: string
  userId: string
  flying: number
  /** Prefetched: claimed deliveries that wait for a slot, oldest first. */
  stock: { claim: Claim; at: number; askedAt: number }[]
  pace: Pace
  /** Maximum attempts in flight at this destination, as granted by the last claim. */
  slots: number
  failuresInRow: number
  /**
   * The delivery whose result must be recorded before another starts: it may open the circuit or disable the
   * destination.
   */
  haltedBy: string | null
  /**
   * `ready`: may have due deliveries. `asked`: a claim is running. `asleep`: not claimable before `wakeAt`. `idle`:
   * none due.
   */
  mood: 'ready' | 'asked' | 'asleep' | 'idle'
  /** A delivery became due while a claim was running. */
  called: boolean
  /**
   * Asleep because the destination is at its max concurrency: the end of an attempt of this worker may free a slot.
   */
  busy: boolean
  wakeAt: number
}

interface LanesOptions {
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
const laneShare = 1
/** Maximum attempts of one destination in flight in one worker. At this bound, as many slots are free. */
export const laneAttemptsMax = (slots: number) => Math.ceil(slots / (1 + 1 / laneShare))
/**
 * Maximum prefetched deliveries of all destinations, as a multiple of the slots. Bounds the bodies in memory and the
 * deliveries that wait for lease expiry after a worker is killed.
 */
export const stockShare = 4

/**
 * Decides which delivery starts next. A user may hold twice as many slots as are free, a destination as many as are
 * free. This is the "dynamic threshold" of Choudhury and Hahne, 1998. A single user gets at most two thirds of the
 * slots, a single destination half. Each further one gets less. So a new user always finds a free slot, even when all
 * other attempts hang. Users take turns, and so do the destinations of a user.
 *
 * A destination queue that moves is prefetched: as many deliveries as it sends in a tenth of a second. Few large
 * claims cost PostgreSQL far less than many small ones. Sending does not wait for the next claim. A queue that hangs
 * is not prefetched.
 */
export function createLanes({ slots, now, failuresToOpen, startWithinMs }: LanesOptions) {
  const lanes = new Map<string, Lane>()
  const sleepers = createWakeQueue<Lane>()
  const toAsk = createTurns<Lane>()
  const toStart = createTurns<Lane>()
  const flyingByUser = new Map<string, number>()
  let flying = 0
  let stocked = 0

  function ready(lane: Lane) {
    lane.mood = 'ready'
    if (lane.haltedBy === null) toAsk.add(lane)
  }

  function sleep(lane: Lane, ms: number, busy: boolean) {
    lane.mood = 'asleep'
    lane.busy = busy
    lane.wakeAt = now() + ms
    sleepers.add(lane.wakeAt, lane)
  }

  function halt(lane: Lane, deliveryId: string) {
    lane.haltedBy = deliveryId
    toAsk.remove(lane)
    toStart.remove(lane)
  }

  function forgetIfIdle(lane: Lane) {
    const held = lane.flying > 0 || lane.stock.length > 0 || lane.haltedBy !== null
    if (lane.mood === 'idle' && !held) lanes.delete(lane.destinationId)
  }

  /** Keeps a destination queue in `toStart` only while it has prefetched deliveries and a free slot. */
  function offer(lane: Lane) {
    if (lane.stock.length > 0 && lane.flying < lane.slots && lane.haltedBy === null) toStart.add(lane)
    else toStart.remove(lane)
  }

  /** Returns how many more slots a holder of `held` may take, one by one, while held < share * free. */
  const within = (share: number, free: number, held: number) =>
    Math.max(0, Math.ceil((share * free - held) / (share + 1)))

  const heldBy = (userId: string) => flyingByUser.get(userId) ?? 0

  function mayStart({ userId, flying: held }: Lane): boolean {
    const free = slots - flying
    return held < laneShare * free && heldBy(userId) < userShare * free
  }

  function takeStock(lane: Lane): Claim {
    const { claim } = lane.stock.shift()!
    stocked--
    offer(lane)
    return claim
  }

  function emptyStock(lane: Lane): Claim[] {
    lane.failuresInRow = 0
    const given = lane.stock.map(({ claim }) => claim)
    stocked -= given.length
    lane.stock = []
    offer(lane)
    if (lane.mood === 'ready') ready(lane)
    forgetIfIdle(lane)
    return given
  }

  return {
    get flying() {
      return flying
    },

    /** Notes that the destination may have due deliveries. */
    call(destinationId: string, userId: string) {
      const lane = lanes.get(destinationId)
      if (!lane) {
        const fresh: Lane = {
          destinationId,
          userId,
          flying: 0,
          stock: [],
          pace: createPace(now),
          slots,
          failuresInRow: 0,
          haltedBy: null,
          mood: 'idle',
          called: false,
          busy: false,
          wakeAt: 0,
        }
        lanes.set(destinationId, fresh)
        ready(fresh)
      } else if (lane.mood === 'idle' || (lane.mood === 'asleep' && lane.wakeAt <= now())) ready(lane)
      else if (lane.mood === 'asked') lane.called = true
    },

    /**
     * Wakes the destination queue: PostgreSQL found deliveries that may be sent now, so the reason to sleep ended.
     */
    rouse(destinationId: string, userId: string) {
      const lane = lanes.get(destinationId)
      if (lane?.mood === 'asleep') ready(lane)
      else this.call(destinationId, userId)
    },

    /**
     * Returns the claims to send now, for at most `lanesMax` destinations. Each counts its fair share and its
     * prefetch.
     */
    wishes(lanesMax: number): LaneWish[] {
      const wishes: LaneWish[] = []
      const granted = new Map<string, number>()
      let free = slots - flying
      let ahead = slots * stockShare - stocked
      let usersLeft = toAsk.size
      // A served user moves to the end of the map that this loop iterates.
      for (const [userId, own] of toAsk.users()) {
        if (usersLeft-- === 0 || free <= 0 || wishes.length >= lanesMax) break
        let share = Math.max(1, Math.ceil(free / toAsk.size))
        for (const lane of own) {
          const held = heldBy(userId) + (granted.get(userId) ?? 0)
          const ofUser = Math.min(share, within(userShare, free, held))
          if (ofUser <= 0 || wishes.length >= lanesMax) break
          const count = Math.min(
            ofUser,
            within(laneShare, free, lane.flying),
            // Without a granted slot, claim one delivery: other workers may have freed slots since.
            Math.max(1, lane.slots) - lane.flying,
          )
          if (count <= 0) continue
          const target = count + Math.min(lane.pace.get(), ahead + lane.stock.length)
          const missing = target - lane.stock.length
          // Refill the prefetch buffer at half, not one by one.
          if (lane.stock.length > 0 && missing < target / 2) continue
          toAsk.remove(lane)
          lane.mood = 'asked'
          wishes.push({ destinationId: lane.destinationId, count: missing })
          granted.set(userId, (granted.get(userId) ?? 0) + count)
          share -= count
          free -= count
          ahead -= Math.max(0, missing - count)
        }
        toAsk.next(userId)
      }
      return wishes
    },

    answered({ destinationId, state, againMs, slots: granted }: LaneState) {
      const lane = lanes.get(destinationId)
      if (!lane) return
      const called = lane.called
      lane.called = false
      if (granted !== null) lane.slots = granted
      offer(lane)
      if (state === 'more' || (called && state === 'drained')) ready(lane)
      else if (state === 'drained' || state === 'stopped' || state === 'gone') {
        lane.mood = 'idle'
        forgetIfIdle(lane)
      } else sleep(lane, againMs, state === 'busy')
    },

    /** A claim failed: its destination queues are ready to be claimed again. */
    unanswered(wishes: LaneWish[]) {
      for (const { destinationId } of wishes) {
        const lane = lanes.get(destinationId)
        if (lane?.mood === 'asked') ready(lane)
      }
    },

    /** Adds a delivery claimed by a statement sent at `askedAt`. It waits for a slot. */
    took(claim: Claim, askedAt = now()) {
      const lane = lanes.get(claim.destinationId)!
      lane.stock.push({ claim, at: now(), askedAt })
      stocked++
      offer(lane)
    },

    /** Returns the next delivery and takes a slot for it; undefined when fairness or the slots allow none. */
    start(): Claim | undefined {
      for (const [userId, own] of toStart.users()) {
        for (const lane of own) {
          if (!mayStart(lane)) continue
          if (lane.stock[0]!.askedAt < now() - startWithinMs) {
            toStart.remove(lane)
            continue
          }
          lane.flying++
          flying++
          flyingByUser.set(userId, heldBy(userId) + 1)
          const claim = takeStock(lane)
          toStart.next(userId, lane)
          return claim
        }
      }
      return undefined
    },

    /**
     * Frees the slot of an ended attempt. If its result may stop the destination, nothing starts there until it is
     * recorded.
     */
    gave({ id, destinationId }: Claim, sign: DestinationSign) {
      const lane = lanes.get(destinationId)!
      lane.flying--
      flying--
      lane.pace.ended()
      const left = heldBy(lane.userId) - 1
      if (left > 0) flyingByUser.set(lane.userId, left)
      else flyingByUser.delete(lane.userId)
      if (sign !== null) lane.failuresInRow = sign === 'up' ? 0 : lane.failuresInRow + 1
      if (sign === 'gone' || lane.failuresInRow >= failuresToOpen) halt(lane, id)
      offer(lane)
      forgetIfIdle(lane)
    },

    /**
     * The result of an attempt is recorded. If the destination was halted by it, returns its prefetched deliveries:
     * PostgreSQL decides with the next claim whether they may be sent.
     */
    recorded({ id, destinationId }: Claim): Claim[] {
      const lane = lanes.get(destinationId)
      if (!lane) return []
      if (lane.mood === 'asleep' && lane.busy) ready(lane)
      if (lane.haltedBy !== id) return []
      lane.haltedBy = null
      return emptyStock(lane)
    },

    /** Removes and returns the prefetched deliveries of these destinations: their settings or circuits changed. */
    takeBack: (destinationIds: string[]) =>
      destinationIds.flatMap((id) => {
        const lane = lanes.get(id)
        return lane ? emptyStock(lane) : []
      }),

    /** Removes and returns the deliveries that waited for a slot for longer than `ms`. */
    unstock(ms: number): Claim[] {
      const before = now() - ms
      const given: Claim[] = []
      for (const lane of lanes.values()) {
        while (lane.stock.length > 0 && lane.stock[0]!.at <= before) given.push(takeStock(lane))
        forgetIfIdle(lane)
      }
      return given
    },

    /**
     * Wakes the destination queues whose sleep ended. Returns the milliseconds until the next one wakes, if any
     * sleeps.
     */
    wakeSleepers(): number | undefined {
      for (let next = sleepers.first(); next; next = sleepers.first()) {
        const { at, value: lane } = next
        const sleeps = lane.mood === 'asleep' && lane.wakeAt === at
        if (sleeps && at > now()) return at - now()
        sleepers.removeFirst()
        if (sleeps) ready(lane)
      }
      return undefined
    },
  }
}

export type Lanes = ReturnType<typeof createLanes>
