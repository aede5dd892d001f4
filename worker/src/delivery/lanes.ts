import type { LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'

interface Lane {
  destinationId: string
  userId: string
  flying: number
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

/**
 * Who may send next. A user may hold twice as many slots as are left free, a destination as many as are left free (the
 * "dynamic threshold" of Choudhury and Hahne, 1998): one user alone gets two thirds, one destination alone half, each
 * further one leaves less, and somebody new always finds a free slot, however many attempts of others hang. Users take
 * turns, and so do a user's destinations.
 */
export function createLanes({ slots, now }: Options) {
  const lanes = new Map<string, Lane>()
  const turns = new Map<string, Set<Lane>>()
  const flyingByUser = new Map<string, number>()
  let flying = 0

  function ready(lane: Lane) {
    lane.mood = 'ready'
    const own = turns.get(lane.userId)
    if (own) own.add(lane)
    else turns.set(lane.userId, new Set([lane]))
  }

  function forgetIfIdle(lane: Lane) {
    if (lane.mood === 'idle' && lane.flying === 0) lanes.delete(lane.destinationId)
  }

  /** How many more who holds `held` may take, one by one, while held < share * free. */
  const within = (share: number, free: number, held: number) =>
    Math.max(0, Math.ceil((share * free - held) / (share + 1)))

  return {
    get flying() {
      return flying
    },

    /** Something may be due there. */
    call(destinationId: string, userId: string) {
      const lane = lanes.get(destinationId)
      if (!lane) {
        const fresh: Lane = { destinationId, userId, flying: 0, mood: 'idle', called: false, wakeAt: 0 }
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

    /** What to claim now: at most `lanesMax` lanes, each with as many as fairness leaves it. */
    wishes(lanesMax: number): LaneWish[] {
      const wishes: LaneWish[] = []
      const granted = new Map<string, number>()
      let free = slots - flying
      for (const [userId, own] of [...turns]) {
        if (free <= 0 || wishes.length >= lanesMax) break
        turns.delete(userId)
        let share = Math.max(1, Math.ceil(free / (turns.size + 1)))
        for (const lane of [...own]) {
          const held = (flyingByUser.get(userId) ?? 0) + (granted.get(userId) ?? 0)
          const ofUser = Math.min(share, within(userShare, free, held))
          if (ofUser <= 0 || wishes.length >= lanesMax) break
          const count = Math.min(ofUser, within(laneShare, free, lane.flying))
          if (count <= 0) continue
          own.delete(lane)
          lane.mood = 'asked'
          wishes.push({ destinationId: lane.destinationId, count })
          granted.set(userId, (granted.get(userId) ?? 0) + count)
          share -= count
          free -= count
        }
        if (own.size > 0) turns.set(userId, own)
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

    took(destinationId: string) {
      const lane = lanes.get(destinationId)!
      lane.flying++
      flying++
      flyingByUser.set(lane.userId, (flyingByUser.get(lane.userId) ?? 0) + 1)
    },

    /** An attempt ended: a lane that was busy has room again. */
    gave(destinationId: string) {
      const lane = lanes.get(destinationId)!
      lane.flying--
      flying--
      const left = flyingByUser.get(lane.userId)! - 1
      if (left > 0) flyingByUser.set(lane.userId, left)
      else flyingByUser.delete(lane.userId)
      forgetIfIdle(lane)
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

    get waiting() {
      return turns.size > 0
    },
  }
}

export type Lanes = ReturnType<typeof createLanes>
