import type { Claim, LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import { createPace, type Pace } from './pace.js'
import { createTurns } from './turns.js'
import { createWakeQueue } from './wake-queue.js'

/** What an ended attempt says of its destination; null when the destination was not called. */
export type DestinationSign = 'up' | 'down' | 'gone' | null

interface Lane {
  destinationId: string
  userId: string
  flying: number
  /** Claimed, and waiting for a slot: oldest first. */
  stock: { claim: Claim; at: number; askedAt: number }[]
  pace: Pace
  /** Most attempts in flight at once here, by the last claim. */
  slots: number
  failuresInRow: number
  /** The attempt whose result must be recorded before anything more starts here: it may open the circuit or disable. */
  haltedBy: string | null
  /** ready: may have something due. asked: a claim is under way. asleep: no use before `wakeAt`. idle: nothing due. */
  mood: 'ready' | 'asked' | 'asleep' | 'idle'
  /** Something became due while it was asked. */
  called: boolean
  /** Asleep because the concurrency was used up: the end of an attempt of our own may make room. */
  busy: boolean
  wakeAt: number
}

interface Options {
  /** Attempts in flight at once in this worker. */
  slots: number
  /** Monotonic milliseconds. */
  now: () => number
  /** Failures in a row that open a destination's circuit. */
  failuresToOpen: number
  /** A claim that is older may have lost its lease, in a process that was frozen for a while: it is not started. */
  startWithinMs: number
}

/** Times what is left free. */
const userShare = 2
const laneShare = 1
/** Most attempts a destination may have in flight in one worker: it holds as many as are left free. */
export const laneAttemptsMax = (slots: number) => Math.ceil(slots / (1 + 1 / laneShare))
/** Times the slots: claimed ahead by all lanes together. Bounds the bodies in memory, and what a killed worker leaves to its leases. */
export const stockShare = 4

/**
 * Who may send next. A user may hold twice as many slots as are left free, a destination as many as are left free (the
 * "dynamic threshold" of Choudhury and Hahne, 1998): one user alone gets two thirds, one destination alone half, each
 * further one leaves less, and somebody new always finds a free slot, however many attempts of others hang. Users take
 * turns, and so do a user's destinations.
 *
 * A lane that moves is claimed ahead, as much as it sends in a tenth of a second: few large claims cost PostgreSQL far less
 * than many small ones, and sending does not wait for the next. One that hangs gets nothing ahead.
 */
export function createLanes({ slots, now, failuresToOpen, startWithinMs }: Options) {
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

  /** Keeps only those in `toStart` that have something and room for it. */
  function offer(lane: Lane) {
    if (lane.stock.length > 0 && lane.flying < lane.slots && lane.haltedBy === null) toStart.add(lane)
    else toStart.remove(lane)
  }

  /** How many more who holds `held` may take, one by one, while held < share * free. */
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

    /** Something may be due there. */
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

    /** PostgreSQL says that something may go there now: what it slept for is over, or was changed. */
    rouse(destinationId: string, userId: string) {
      const lane = lanes.get(destinationId)
      if (lane?.mood === 'asleep') ready(lane)
      else this.call(destinationId, userId)
    },

    /** What to claim now: at most `lanesMax` lanes, each with what fairness leaves it and what it sends soon. */
    wishes(lanesMax: number): LaneWish[] {
      const wishes: LaneWish[] = []
      const granted = new Map<string, number>()
      let free = slots - flying
      let ahead = slots * stockShare - stocked
      let usersLeft = toAsk.size
      // A user that had a turn moves to the end of what is iterated here.
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
            // Without a slot it asks for one: others may have freed some since.
            Math.max(1, lane.slots) - lane.flying,
          )
          if (count <= 0) continue
          const target = count + Math.min(lane.pace.get(), ahead + lane.stock.length)
          const missing = target - lane.stock.length
          // A stock is filled when half of it is gone, not one by one.
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

    /** A claim failed: nobody was served. */
    unanswered(wishes: LaneWish[]) {
      for (const { destinationId } of wishes) {
        const lane = lanes.get(destinationId)
        if (lane?.mood === 'asked') ready(lane)
      }
    },

    /** A delivery was claimed by a question sent at `askedAt`. It waits for its slot. */
    took(claim: Claim, askedAt = now()) {
      const lane = lanes.get(claim.destinationId)!
      lane.stock.push({ claim, at: now(), askedAt })
      stocked++
      offer(lane)
    },

    /** The next that may start, which it then has; undefined when fairness or the slots forbid any. */
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

    /** An attempt ended: its slot is free. A lane that may have to stop starts nothing until that is recorded. */
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
     * The result of an attempt is recorded, and counts as a claim no more. Returns what a lane that had to wait for
     * it has in stock: PostgreSQL knows now whether any of it may go.
     */
    recorded({ id, destinationId }: Claim): Claim[] {
      const lane = lanes.get(destinationId)
      if (!lane) return []
      if (lane.mood === 'asleep' && lane.busy) ready(lane)
      if (lane.haltedBy !== id) return []
      lane.haltedBy = null
      return emptyStock(lane)
    },

    /** What these destinations have in stock: their settings or circuits changed. */
    takeBack: (destinationIds: string[]) =>
      destinationIds.flatMap((id) => {
        const lane = lanes.get(id)
        return lane ? emptyStock(lane) : []
      }),

    /** What has waited for a slot for longer than `ms`: it is no longer ours to start. */
    unstock(ms: number): Claim[] {
      const before = now() - ms
      const given: Claim[] = []
      for (const lane of lanes.values()) {
        while (lane.stock.length > 0 && lane.stock[0]!.at <= before) given.push(takeStock(lane))
        forgetIfIdle(lane)
      }
      return given
    },

    /** Wakes those whose sleep is over. Returns the milliseconds until the next one's is, if any sleeps. */
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
