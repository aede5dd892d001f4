import type { Claim, LaneState, LaneWish } from '@whook/drizzle/deliveries/claim-deliveries'
import type { Logger } from '@whook/runtime/logger'
import { createLanes, stockShare, type DestinationSign } from './lanes.js'
import { createTrials } from './trials.js'

interface Deps {
  claim: (wishes: LaneWish[]) => Promise<{ claims: Claim[]; lanes: LaneState[] }>
  /** Told of what was claimed, before any of it starts. */
  loadAhead: (claims: Claim[]) => void
  /** Claimed, and not to be started by us after all. */
  unclaim: (deliveryIds: string[]) => Promise<unknown>
  /** Resolves when the result is recorded. Calls `attempted` before that, when the attempt itself is over. */
  deliver: (claim: Claim, attempted: (sign: DestinationSign) => void) => Promise<void>
  /** Counts a crash in advance, for a delivery that may have ended workers before. False: it is no longer ours. */
  bookCrash: (claim: Claim) => Promise<boolean>
  /** Its attempt ended without a recorded result. */
  broke: (claim: Claim, error: unknown) => Promise<unknown>
  /** Who owns the destinations; those that are gone are left out. */
  ownersOf: (destinationIds: string[]) => Promise<{ destinationId: string; userId: string }[]>
  /** Every lane with something due, wherever it was made due. */
  dueLanes: () => Promise<{ destinationId: string; userId: string }[]>
  /** The webhook is paused or the destination disabled while something waits there. */
  stopped: (destinationId: string) => void
  logger: Pick<Logger, 'error'>
  /** Attempts at once. What is only waiting to be recorded holds none. */
  slots: number
  failuresToOpen: number
  leaseMs: number
}

/** Lanes in one claim: bounds how long one statement holds their locks. */
const lanesPerClaim = 64
const lookEveryMs = 1000
const ownersKept = 10_000
/** Times the slots: claimed and not recorded yet. Bounds what a database slow to record can pile up. */
const claimedShare = 8
/** Most deliveries a worker holds: claimed and not recorded. One claim may exceed the bound by what it reads ahead. */
export const claimedMax = (slots: number) => slots * (claimedShare + stockShare)
/** Milliseconds a claimed delivery waits for a slot. After that its destination hangs, or was paused, or its circuit opened. */
const stockMs = 1000

/**
 * Keeps the worker's slots filled with deliveries that are due. PostgreSQL is asked whenever a slot is free and a lane
 * may have something; one question at a time, so that all that happened meanwhile goes into the next.
 */
export function createDispatcher(deps: Deps) {
  const { claim, loadAhead, unclaim, ownersOf, dueLanes, stopped, logger, slots, failuresToOpen } = deps
  const lanes = createLanes({
    slots,
    now: () => performance.now(),
    failuresToOpen,
    startWithinMs: deps.leaseMs / 3,
  })
  const deliver = createTrials(deps)
  const inFlight = new Map<string, Promise<void>>()
  const stocked = new Set<string>()
  const owners = new Map<string, { destinationId: string; userId: string }>()
  let running: Promise<void> = Promise.resolve()
  let filling = false
  let timer: NodeJS.Timeout | undefined
  let closed = false

  function tick() {
    if (!filling) running = fill()
  }

  async function fill() {
    filling = true
    try {
      while (!closed) {
        clearTimeout(timer)
        const sleepMs = lanes.wakeSleepers()
        if (sleepMs !== undefined) timer = setTimeout(tick, sleepMs)
        if (inFlight.size + stocked.size >= slots * claimedShare) return
        const wishes = lanes.wishes(lanesPerClaim)
        if (wishes.length === 0) return
        await serve(wishes)
      }
    } finally {
      // In the very step that finds nothing to claim: a tick between the two would be lost.
      filling = false
    }
  }

  async function serve(wishes: LaneWish[]) {
    try {
      const askedAt = performance.now()
      const answer = await claim(wishes)
      loadAhead(answer.claims)
      for (const claimed of answer.claims) {
        stocked.add(claimed.id)
        lanes.took(claimed, askedAt)
      }
      for (const lane of answer.lanes) {
        lanes.answered(lane)
        if (lane.state === 'stopped') stopped(lane.destinationId)
      }
      startAll()
    } catch (error) {
      logger.error({ err: error }, 'deliveries.claim-failed')
      lanes.unanswered(wishes)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  function startAll() {
    for (let next = lanes.start(); next; next = lanes.start()) start(next)
  }

  function start(claimed: Claim) {
    stocked.delete(claimed.id)
    let flying = true
    const attempted = (sign: DestinationSign) => {
      if (!flying) return
      flying = false
      lanes.gave(claimed, sign)
      startAll()
      tick()
    }
    const done = deliver(claimed, attempted)
      .catch((error: unknown) => broke(claimed, error))
      .finally(() => {
        inFlight.delete(claimed.id)
        attempted(null)
        giveBack(lanes.recorded(claimed))
        tick()
      })
    inFlight.set(claimed.id, done)
  }

  async function broke(claimed: Claim, error: unknown) {
    logger.error({ err: error, deliveryId: claimed.id }, 'delivery.broke')
    // When this fails too, the lease ends and the delivery is put back.
    await deps
      .broke(claimed, error)
      .catch((why: unknown) => logger.error({ err: why }, 'delivery.not-given-up'))
  }

  function giveBack(given: Claim[]) {
    putBack(given).catch((error: unknown) => logger.error({ err: error }, 'deliveries.unclaim-failed'))
  }

  async function putBack(given: Claim[]) {
    if (given.length === 0) return
    const ids = given.map(({ id }) => id)
    try {
      await unclaim(ids)
    } finally {
      // Also when PostgreSQL is away: no longer renewed, they are free when their lease ends.
      for (const id of ids) stocked.delete(id)
    }
    // A lane that was stopped meanwhile says so when it is asked, and what came back to it is held.
    await wake([...new Set(given.map(({ destinationId }) => destinationId))])
  }

  async function wake(destinationIds: string[]) {
    if (closed) return
    const unknown = destinationIds.filter((id) => !owners.has(id))
    if (unknown.length > 0) await learn(unknown)
    for (const { destinationId, userId } of destinationIds.flatMap((id) => owners.get(id) ?? []))
      lanes.call(destinationId, userId)
    tick()
  }

  /** A destination never changes hands. */
  async function learn(destinationIds: string[]) {
    if (owners.size > ownersKept) owners.clear()
    for (const owned of await ownersOf(destinationIds)) owners.set(owned.destinationId, owned)
  }

  return {
    /** A hint that something is due at these destinations. */
    wake,

    /** Looks everywhere. Answers milliseconds to wait: a look may cost at most a tenth of the time. */
    async look(): Promise<number> {
      const before = performance.now()
      for (const { destinationId, userId } of await dueLanes()) lanes.rouse(destinationId, userId)
      tick()
      return Math.max(lookEveryMs, (performance.now() - before) * 10)
    },

    /** Gives back what waits for a slot too long: what it was claimed for may not hold any more. */
    unstock: () => putBack(lanes.unstock(stockMs)),

    /** Puts back what these destinations have in stock, because their settings or circuits changed. */
    takeBack: (destinationIds: string[]) => giveBack(lanes.takeBack(destinationIds)),

    claimedIds: () => [...inFlight.keys(), ...stocked],
    get flying() {
      return lanes.flying
    },

    /** Takes nothing new and waits for what is in flight; answers how many were left when the time was up. */
    async close(drainMs: number): Promise<number> {
      closed = true
      clearTimeout(timer)
      await running
      await putBack(lanes.unstock(0)).catch((error: unknown) =>
        logger.error({ err: error }, 'deliveries.unclaim-failed'),
      )
      let deadline: NodeJS.Timeout | undefined
      const timeUp = new Promise<void>((resolve) => {
        deadline = setTimeout(resolve, drainMs)
      })
      await Promise.race([Promise.all(inFlight.values()), timeUp])
      clearTimeout(deadline)
      return inFlight.size
    },
  }
}

export type Dispatcher = ReturnType<typeof createDispatcher>
