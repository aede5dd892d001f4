import type { Claim, LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import { createPace, type Pace } from './pace.js'

interface Lane {
  destinationId: string
  userId: string
  flying: number
  /** Claimed, and waiting for a slot: oldest first. */
  stock: { claim: Claim; at: number }[]
  pace: Pace
  /** ready: may have something due. asked: a claim is under way. asleep: no use before `wakeAt`. idle: nothing due. */
  mood: 'ready' | 'asked' | 'asleep' | 'idle'
  /** Something became due while it was asked. */
  called: boolean
  wakeAt: number
}

interface Options {
  /** Attempts in flight at once in this worker. */
  slots: number
  /** Monotonic milliseconds. */
  now: () => number
}

/** Times what is left free. */
const userShare = 2
const laneShare = 1
/** Times the slots: claimed ahead by all lanes together. Bounds the bodies in memory, and what a killed worker leaves to its leases. */
const stockShare = 4

/**
 * Who may send next. A user may hold twice as many slots as are left free, a destination as many as are left free (the
 * "dynamic threshold" of Choudhury and Hahne, 1998): one user alone gets two thirds, one destination alone half, each
 * further one leaves less, and somebody new always finds a free slot, however many attempts of others hang. Users take
 * turns, and so do a user's destinations.
 *
 * A lane that moves is claimed ahead, as much as it sends in a tenth of a second: few large claims cost PostgreSQL far less
 * than many small ones, and sending does not wait for the next. One that hangs gets nothing ahead.
 */
export function createLanes({ slots, now }: Options) {
  const lanes = new Map<string, Lane>()
  const toAsk = createTurns()
  const toStart = createTurns()
  const flyingByUser = new Map<string, number>()
  let flying = 0
  let stocked = 0

  function ready(lane: Lane) {
    lane.mood = 'ready'
    toAsk.add(lane)
  }

  function forgetIfIdle(lane: Lane) {
    if (lane.mood === 'idle' && lane.flying === 0 && lane.stock.length === 0) lanes.delete(lane.destinationId)
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
    if (lane.stock.length === 0) toStart.remove(lane)
    return claim
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
          mood: 'idle',
          called: false,
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
      for (const [userId, own] of [...toAsk.users()]) {
        if (free <= 0 || wishes.length >= lanesMax) break
        let share = Math.max(1, Math.ceil(free / toAsk.size))
        for (const lane of [...own]) {
          const held = heldBy(userId) + (granted.get(userId) ?? 0)
          const ofUser = Math.min(share, within(userShare, free, held))
          if (ofUser <= 0 || wishes.length >= lanesMax) break
          const count = Math.min(ofUser, within(laneShare, free, lane.flying))
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

    answered({ destinationId, state, againMs }: LaneState) {
      const lane = lanes.get(destinationId)
      if (!lane) return
      const called = lane.called
      lane.called = false
      if (state === 'more' || (called && state === 'drained')) ready(lane)
      else if (state === 'drained' || state === 'stopped' || state === 'gone') {
        lane.mood = 'idle'
        forgetIfIdle(lane)
      } else {
        lane.mood = 'asleep'
        lane.wakeAt = now() + againMs
      }
    },

    /** A claim failed: nobody was served. */
    unanswered(wishes: LaneWish[]) {
      for (const { destinationId } of wishes) {
        const lane = lanes.get(destinationId)
        if (lane?.mood === 'asked') ready(lane)
      }
    },

    /** A claimed delivery waits for its turn. */
    took(claim: Claim) {
      const lane = lanes.get(claim.destinationId)!
      lane.stock.push({ claim, at: now() })
      stocked++
      toStart.add(lane)
    },

    /** The next that may start, which it then has; undefined when fairness or the slots forbid any. */
    start(): Claim | undefined {
      for (const [userId, own] of toStart.users()) {
        for (const lane of own) {
          if (!mayStart(lane)) continue
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

    /** An attempt ended: a lane that was busy has room again. */
    gave(destinationId: string) {
      const lane = lanes.get(destinationId)!
      lane.flying--
      flying--
      lane.pace.ended()
      const left = heldBy(lane.userId) - 1
      if (left > 0) flyingByUser.set(lane.userId, left)
      else flyingByUser.delete(lane.userId)
      forgetIfIdle(lane)
    },

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

    /** Puts back those whose sleep is over; answers milliseconds until the next one's is, if any sleeps. */
    wakeSleepers(): number | undefined {
      let next: number | undefined
      for (const lane of lanes.values()) {
        if (lane.mood !== 'asleep') continue
        const left = lane.wakeAt - now()
        if (left <= 0) ready(lane)
        else next = Math.min(next ?? left, left)
      }
      return next
    },
  }
}

export type Lanes = ReturnType<typeof createLanes>

/** Users in turn, and each user's lanes in turn. */
function createTurns() {
  const turns = new Map<string, Set<Lane>>()
  return {
    get size() {
      return turns.size
    },
    users: () => turns.entries(),
    add(lane: Lane) {
      const own = turns.get(lane.userId)
      if (own) own.add(lane)
      else turns.set(lane.userId, new Set([lane]))
    },
    remove(lane: Lane) {
      const own = turns.get(lane.userId)
      own?.delete(lane)
      if (own?.size === 0) turns.delete(lane.userId)
    },
    /** This user has had a turn, and so has this lane. */
    next(userId: string, lane?: Lane) {
      const own = turns.get(userId)
      if (!own) return
      if (lane && own.delete(lane)) own.add(lane)
      turns.delete(userId)
      turns.set(userId, own)
    },
  }
}
